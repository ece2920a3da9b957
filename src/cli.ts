#!/usr/bin/env node
import { main } from './cli/program.js';
import { services } from './cli/services.js';
import { outliveReaders } from './cli/terminal.js';

outliveReaders(process.stdout);
outliveReaders(process.stderr);
process.exitCode = await main(process.argv.slice(2), services, { out: process.stdout, err: process.stderr });
