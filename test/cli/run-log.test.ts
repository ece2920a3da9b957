import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import { RunLog } from '../../src/cli/run-log.js';
import type { RunEvent, RunObserver } from '../../src/records/run-event.js';
import { notes } from '../records/report/made-up-run.js';
import { protocolRun } from '../run/untrained.js';
import { ending, fakeServices, summaryOf } from './fake-services.js';

type Line = Record<string, unknown> & { readonly msg: string };

const linesOf = (folder: string): Line[] =>
  readFileSync(join(folder, 'run.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('the log of a run', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-log-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const verboseLog = () => new RunLog({ folder, verbose: true, start: {}, onError: assert.fail });

  it('has with --verbose a line for every event, in their order, each with its virtual time', async () => {
    const heard: RunEvent[] = [];
    const all: RunObserver = { actors: true, next: (event) => heard.push(event) };
    const lossy = ['channel.lossProbability=0.3', 'channel.story=blocks'];
    await protocolRun(lossy, { observers: [all, verboseLog()] });
    const [first, ...lines] = linesOf(folder);
    assert.equal(first?.msg, 'start');
    assert.deepEqual(
      lines.map(({ msg }) => (msg === 'round closed' ? 'row' : msg)),
      heard.map(({ type }) => type),
    );
    const times = lines.map(({ virtualSeconds }) => virtualSeconds as number);
    assert.ok(times.every(Number.isFinite));
    const bus = lines.filter(({ msg }) => msg === 'bus');
    assert.deepEqual(
      bus.map(({ virtualSeconds, phase, id }) => [virtualSeconds, phase, id]),
      heard.flatMap((event) =>
        event.type === 'bus' ? [[event.event.atSeconds, event.event.phase, event.event.envelope.id]] : [],
      ),
    );
  });

  it('is compact: parameters stand by their hash, and no line is longer than a screen', async () => {
    await protocolRun(['channel.story=blocks'], { observers: [verboseLog()] });
    const longest = Math.max(...linesOf(folder).map((line) => JSON.stringify(line).length));
    assert.ok(longest < 2000, `${longest} characters`);
    const [params] = linesOf(folder).filter(({ msg }) => msg === 'params');
    assert.match(String(params?.hash), /^[0-9a-f]{64}$/);
    assert.deepEqual(Object.keys(params!).sort(), [
      ...['hash', 'kind', 'level', 'msg', 'parameters', 'time', 'virtualSeconds'],
    ]);
  });

  it('has without it start, closed rounds, notes and end alone', async () => {
    const runScenario = async (options: Parameters<ReturnType<typeof fakeServices>['runScenario']>[0]) => {
      await protocolRun([], { observers: options.observers! });
      return ending(options, { ...summaryOf(options, { reason: 'interrupted' }), notes });
    };
    const [out, err] = [new PassThrough(), new PassThrough()];
    await main(['run', 'tiny', '--out', folder], fakeServices({ runScenario }), { out, err });
    const lines = linesOf(folder);
    const rounds = Array.from({ length: 6 }, () => 'round closed');
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['start', ...rounds, ...notes.map(() => 'note'), 'end'],
    );
    assert.deepEqual([lines[1]?.stage, lines[1]?.round, lines[1]?.verdict], ['instruction', 1, 'continue']);
  });
});
