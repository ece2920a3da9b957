import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../src/errors.js';
import { exampleTraces, rateCsv } from './traces/example.js';
import { readNpz } from './traces/npz.js';
import { tracesOfNs3 } from './traces/ns3.js';
import { tracesOfSionna } from './traces/sionna.js';
import { writeTraces, type SnrTrace } from './traces/trace-files.js';

/*
 * Makes files for `channel.traceFile` of what other simulators write, and the examples in scenarios/traces:
 *
 *     npm run traces -- ns3 DlRsrpSinrStats.txt <folder>
 *     npm run traces -- sionna cir.npz <folder> --power-watts 1 --bandwidth-hz 1e7 --noise-figure-db 7
 *     npm run traces -- example scenarios/traces
 */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'power-watts': { type: 'string', default: '1' },
    'bandwidth-hz': { type: 'string', default: '1e6' },
    'noise-figure-db': { type: 'string', default: '7' },
  },
});

const budget = {
  powerWatts: Number(values['power-watts']),
  bandwidthHz: Number(values['bandwidth-hz']),
  noiseFigureDb: Number(values['noise-figure-db']),
};

const sources: Readonly<Record<string, (file: string) => readonly SnrTrace[]>> = {
  ns3: (file) => tracesOfNs3(readFileSync(file, 'utf8'), file),
  sionna: (file) => tracesOfSionna(readNpz(readFileSync(file), file), file, budget),
};

function run(): readonly string[] {
  const [kind = '', first = '', folder = ''] = positionals;
  if (kind === 'example' && first !== '') {
    const rate = join(first, 'rate.csv');
    const written = writeTraces(first, exampleTraces());
    writeFileSync(rate, rateCsv());
    return [...written, rate];
  }
  const tracesOf = sources[kind];
  if (tracesOf === undefined || folder === '') {
    throw new UserError('expected: ns3 <file> <folder>, sionna <file> <folder>, or example <folder>');
  }
  return writeTraces(folder, tracesOf(first));
}

try {
  for (const file of run()) console.log(file);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
