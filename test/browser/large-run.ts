import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  readInspection,
  readRun,
  runScenario,
  type InspectionRow,
  type MessageRow,
  type MetricRow,
} from '../../src/index.js';
import { packageRoot } from '../../src/paths.js';
import { recordFiles } from '../../src/records/folder.js';
import { loadScenario } from '../../src/scenario/load.js';

/*
 * A run of 100 clients with very many events: a real one of eight rounds without training, again and again, each
 * time later and with the next rounds' numbers. `node dist/test/browser/large-run.js <folder> [events]` writes one.
 */

const set = [
  'learning=stub',
  'clients.count=100',
  'clients.weightHarmless="uniform"',
  'server.quorum=50',
  'stages=["instruction"]',
  'instruction.maxRounds=8',
];

export interface LargeRun {
  readonly events: number;
  readonly messages: number;
  readonly virtualSeconds: number;
}

export async function writeLargeRun(folder: string, leastEvents = 1e6): Promise<LargeRun> {
  const base = join(folder, 'once');
  const file = join(packageRoot(), 'scenarios/tiny.json');
  const { scenario, folder: scenarioFolder } = await loadScenario(file, { set });
  const options = { scenario, folder: scenarioFolder, outFolder: base, workers: 1, backend: 'wasm' } as const;
  await runScenario(options);
  const { summary, metrics, messages } = await readRun(base);
  const rows = await readInspection(base);
  const events = rows.filter(({ type }) => type === 'event');
  const times = Math.ceil(leastEvents / events.length);
  const { virtualSeconds } = summary;

  mkdirSync(folder, { recursive: true });
  const later = (time: number) => ({ seconds: time * virtualSeconds, rounds: 8 * time, time });
  await writeLines(join(folder, recordFiles.inspection), times, (time) =>
    time === 0 ? rows : events.map((row) => eventLater(row, later(time), messages.length)),
  );
  await writeLines(join(folder, recordFiles.messages), times, (time) =>
    messages.map((row) => messageLater(row, later(time), messages.length)),
  );
  await writeLines(join(folder, recordFiles.metrics), times, (time) =>
    metrics.map((row) => metricLater(row, later(time))),
  );
  writeFileSync(join(folder, recordFiles.manifest), readFileSync(join(base, recordFiles.manifest)));
  const whole = { ...summary, virtualSeconds: times * virtualSeconds };
  writeFileSync(join(folder, recordFiles.summary), JSON.stringify(whole));
  return {
    events: times * events.length,
    messages: times * messages.length,
    virtualSeconds: whole.virtualSeconds,
  };
}

interface Later {
  readonly seconds: number;
  readonly rounds: number;
  readonly time: number;
}

function eventLater(row: InspectionRow, { seconds, time }: Later, messages: number): InspectionRow {
  const virtualSeconds = row.virtualSeconds + seconds;
  if (row.type === 'actor' || row.cause.by !== 'message') return { ...row, virtualSeconds };
  return { ...row, virtualSeconds, cause: { ...row.cause, message: row.cause.message + time * messages } };
}

function messageLater(row: MessageRow, { seconds, rounds, time }: Later, messages: number): MessageRow {
  return {
    ...row,
    id: row.id + time * messages,
    round: row.round + rounds,
    aggregatedIn: row.aggregatedIn === null ? null : row.aggregatedIn + rounds,
    sentVirtualSeconds: row.sentVirtualSeconds + seconds,
    endedVirtualSeconds: row.endedVirtualSeconds === null ? null : row.endedVirtualSeconds + seconds,
  };
}

function metricLater(row: MetricRow, { seconds, rounds }: Later): MetricRow {
  return {
    ...row,
    ...('round' in row && { round: row.round + rounds }),
    ...('virtualSeconds' in row && { virtualSeconds: row.virtualSeconds + seconds }),
  };
}

async function writeLines(
  path: string,
  times: number,
  rowsOf: (time: number) => readonly object[],
): Promise<void> {
  const file = createWriteStream(path);
  for (let time = 0; time < times; time++) {
    const text = rowsOf(time)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder = 'large-run', events = '1e6'] = process.argv;
  console.log(JSON.stringify(await writeLargeRun(folder, Number(events))));
}
