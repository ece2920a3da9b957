import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../../src/journal/identity.js';
import { TaskJournal } from '../../src/journal/task-journal.js';
import { paramSet } from '../../src/learning/params/param-set.js';
import type { TaskResult } from '../../src/learning/training/task.js';
import { openRecordedRun } from '../../src/inspect/run-view.js';
import { packageRoot } from '../../src/paths.js';
import { readRun } from '../../src/records/read.js';
import { reportOf } from '../../src/records/report/report.js';
import { readFailure, readStudyFile, studyFormat } from '../../src/study/study-file.js';
import type { Kind } from './kind.js';

const identity: Identity = {
  format: 'pwff-journal-1',
  ...{ code: 'of the soak', backend: 'none', version: '1', cpuFeatures: [], nodeMajor: 20 },
};
const keys = ['one', 'two', 'three'];
const resultOf = (n: number): TaskResult =>
  ({
    output: { tuned: { lora: paramSet('lora', [{ name: 'a', shape: [2], values: [n, n / 3] }]) } },
    metrics: { loss: n / 7, validationLoss: null, ids: Int32Array.of(1, 2, 3), rate: NaN },
  }) as unknown as TaskResult;

export const journals: Kind = {
  name: 'journal',
  samples: {
    tasks: {
      async write(folder) {
        const journal = new TaskJournal(folder, identity);
        for (const [n, key] of keys.entries()) await journal.keep(key, 'instruct', resultOf(n));
      },
      async read(folder) {
        const journal = new TaskJournal(folder, identity);
        const found = [];
        for (const key of keys) found.push(await journal.find(key));
        return found;
      },
    },
  },
};

/** A run of `tiny` without learning, its records alone. */
function writeRun(folder: string): void {
  const cli = join(packageRoot(), 'dist/src/cli.js');
  const options = ['--set', 'learning=stub', '--backend', 'wasm', '--quiet', '--out', folder];
  const { status, stderr } = spawnSync(process.execPath, [cli, 'run', 'tiny', ...options], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the run that mutants are made of ended with ${status}: ${stderr}`);
  for (const other of ['report.html', 'params', 'run.log'])
    rmSync(join(folder, other), { recursive: true, force: true });
}

/** A run as the inspector's page asks for it. */
async function inspected(folder: string): Promise<unknown> {
  const { view, indexing } = await openRecordedRun(folder);
  await indexing;
  const { events } = view;
  const last = events.count - 1;
  return [
    events.statesAt(last),
    events.actors.map(({ actor }) => events.countsAt(actor, last)),
    ...(last < 0 ? [] : [events.event(last)]),
  ];
}

export const records: Kind = {
  name: 'record',
  samples: {
    run: { write: writeRun, read: readRun },
    'run in the inspector': { write: writeRun, read: inspected },
    report: { write: writeRun, read: reportOf },
    'report of a run that was killed': {
      write(folder) {
        writeRun(folder);
        rmSync(join(folder, 'summary.json'));
      },
      read: reportOf,
    },
  },
};

const studyRun = { point: 'snr 0', seed: 1, id: '0123456789ab', name: 'snr-0-seed-1' };

export const studyFolders: Kind = {
  name: 'study folder',
  samples: {
    'with a failure': {
      write(folder) {
        const runs = [{ ...studyRun, settings: { 'channel.uplink.meanSnrDb': 0 } }];
        const study = { format: studyFormat, version: '0.1.0', name: 'of the soak', backend: 'wasm', runs };
        writeFileSync(join(folder, 'study.json'), JSON.stringify(study, null, 2));
        mkdirSync(join(folder, 'failures'));
        writeFileSync(
          join(folder, 'failures', `${studyRun.id}.json`),
          JSON.stringify({ ...studyRun, message: 'the disk was full' }),
        );
      },
      read: (folder) =>
        Promise.resolve().then(() => [
          readStudyFile(join(folder, 'study.json')),
          readFailure(join(folder, 'failures', `${studyRun.id}.json`)),
        ]),
    },
  },
};
