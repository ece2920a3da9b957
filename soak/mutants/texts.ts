import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readOnTrace } from '../../src/learning/clients/presence/on-trace.js';
import { loadInstructions } from '../../src/learning/data/instructions.js';
import { loadPreferences } from '../../src/learning/data/preferences.js';
import { packageRoot } from '../../src/paths.js';
import { readRecording } from '../../src/radio/channel/fading/recording.js';
import { loadScenario } from '../../src/scenario/load.js';
import { studyAt } from '../../src/study/load.js';
import type { Kind, Sample } from './kind.js';

/** One file. */
function file(name: string, content: string | Uint8Array, read: (path: string) => Promise<unknown>): Sample {
  return {
    write: (folder) => writeFileSync(join(folder, name), content),
    read: (folder) => read(join(folder, name)),
  };
}

/** One of the package's own. */
function own(path: string, name: string, read: (path: string) => Promise<unknown>): Sample {
  return {
    write: (folder) => copyFileSync(join(packageRoot(), path), join(folder, name)),
    read: (folder) => read(join(folder, name)),
  };
}

const yamlScenario = `# What a hand would write.
name: by-hand
seed: 3
clients: { count: 4, weightHarmless: [0.1, 0.2, 0.3, 0.4] }
learning: stub
server: &server
  quorum: 1
  discipline: asynchronous
  aggregation: { name: fedasync }
channel:
  fading: rayleigh
  uplink: { meanSnrDb: 3.5, bandwidthHz: 1.0e+6 }
description: >
  folded
  text
`;

export const scenarios: Kind = {
  name: 'scenario',
  samples: {
    tiny: own('scenarios/tiny.json', 'scenario.json', loadScenario),
    'lossy-async': own('scenarios/lossy-async.json', 'scenario.json', loadScenario),
    churn: own('scenarios/churn.json', 'scenario.json', loadScenario),
    faults: own('scenarios/scripted-fault.json', 'scenario.json', loadScenario),
    yaml: file('scenario.yaml', yamlScenario, loadScenario),
  },
};

const jsonStudy = {
  name: 'in-json',
  scenario: { name: 'inside', clients: { count: 3 }, learning: 'stub' },
  vary: { grid: { 'channel.uplink.meanSnrDb': [0, 10], method: ['pwff', 'fedlora'] } },
  seeds: [1, 2],
};

export const studies: Kind = {
  name: 'study',
  samples: {
    yaml: own('scenarios/studies/snr-and-methods.yaml', 'study.yaml', studyAt),
    json: file('study.json', JSON.stringify(jsonStudy, null, 2), studyAt),
  },
};

const instructions = Array.from({ length: 12 }, (_, i) => ({
  instruction: `Name ${i} colours.`,
  input: i % 2 ? '<noinput>' : 'of the sky',
  output: `Blue and ${i} more.`,
  category: 'naming',
}));
const dialogue = (answer: string) => `\n\nHuman: What is it?\n\nAssistant: ${answer}`;
const pairs = Array.from({ length: 12 }, (_, i) => ({
  chosen: dialogue(`a${i}`),
  rejected: dialogue(`b${i}`),
}));
const messages = Array.from({ length: 6 }, (_, i) => ({
  messages: [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: `Who is ${i}?` },
    { role: 'assistant', content: 'A number.' },
  ],
}));
const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const helpful = (path: string) => loadPreferences(path, 'helpful');

export const datasets: Kind = {
  name: 'dataset',
  samples: {
    alpaca: file('rows.json', JSON.stringify(instructions, null, 1), loadInstructions),
    lines: file('rows.jsonl', lines(instructions), loadInstructions),
    messages: file('rows.jsonl', lines(messages), loadInstructions),
    packed: file('rows.jsonl.gz', gzipSync(lines(instructions)), loadInstructions),
    pairs: file('pairs.jsonl', lines(pairs), helpful),
    'packed pairs': file('pairs.jsonl.gz', gzipSync(lines(pairs)), helpful),
  },
};

const onTimes = ['client,fromSeconds,toSeconds', 'a,0,3600', 'b,10.5,86400', 'a,7200,1e4'].join('\n');
const gains = ['gainDb,note,seconds', ...Array.from({ length: 20 }, (_, i) => `${i - 10},n,${i / 4}`)].join(
  '\n',
);

export const traces: Kind = {
  name: 'trace',
  samples: {
    recording: own('scenarios/traces/1-uplink.csv', 'trace.csv', readRecording),
    rate: own('scenarios/traces/rate.csv', 'trace.csv', readRecording),
    gains: file('gains.csv', gains, readRecording),
    presence: file('on.csv', onTimes, (path) => readOnTrace(path, 86400)),
  },
};
