import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnStrategies, RunEvent } from '../../src/index.js';
import { UserError } from '../../src/errors.js';
import { packageRoot } from '../../src/paths.js';
import type { RoundRow } from '../../src/records/rows.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import { strategiesWith } from '../../src/strategies/strategies.js';
import { protocolRun, type ProtocolRun } from '../run/untrained.js';
import { coarse } from './own/coarse.js';
import { firstAnswers } from './own/first-answers.js';
import { heavyBall } from './own/heavy-ball.js';
import { reliable } from './own/reliable.js';
import { swapped } from './own/swapped.js';
import { uniformGain } from './own/uniform-gain.js';

const strategies: OwnStrategies = {
  aggregations: [heavyBall],
  selections: [reliable],
  disciplines: [firstAnswers],
  codecs: [coarse],
  fadings: [uniformGain],
  methods: [swapped],
};

async function finished(set: readonly string[]): Promise<ProtocolRun> {
  const result = await protocolRun(set, { strategies });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return result;
}

const rounds = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round');

const six = ['clients.count=6', 'clients.weightHarmless=uniform', 'data.synthetic.facts=0'];

describe('a user’s own strategies, each one file and named in the scenario like ours', () => {
  it('aggregation: has its own options, with their defaults, and remembers from version to version', async () => {
    const aggregated: RunEvent[] = [];
    const observer = { next: (event: RunEvent) => void aggregated.push(event) };
    const set = ['server.aggregation={"name":"heavy-ball","beta":0.5}', 'instruction.maxRounds=3'];
    const result = await protocolRun(set, { strategies, observers: [observer] });
    assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
    const tasks = aggregated.filter((event) => event.type === 'task-finished' && event.task === 'aggregate');
    assert.ok(tasks.length >= 3);
    // Nobody trains, so the mean is the start, the velocity 0, and the model stays.
    const same = await finished(['server.aggregation=heavy-ball', 'instruction.maxRounds=3']);
    assert.equal(same.global.adapters!.hash, result.global.adapters!.hash);
  });

  it('selection: sees how each client has done', async () => {
    const result = await finished([
      ...six,
      'server.selection=reliable',
      'server.quorum=1',
      'server.selectionFraction=0.5',
      'instruction.maxRounds=4',
      'instruction.convergence.patience=9',
      'channel.faults=[{"effect":"drop","kind":"update","client":1},{"effect":"drop","kind":"update","client":2}]',
    ]);
    const updates = rounds(result).map(({ stage, cohort, updates }) => ({ stage, cohort, updates }));
    const instruction = updates.filter(({ stage }) => stage === 'instruction');
    assert.deepEqual(
      instruction.map(({ updates }) => updates),
      [1, 3, 3, 3],
      'clients 1 and 2 fail once and are not asked again',
    );
  });

  it('discipline: decides when the updates at hand make a version', async () => {
    const result = await finished([...six, 'server.discipline={"name":"first-answers","count":2}']);
    for (const { stage, cohort, updates } of rounds(result)) {
      assert.equal(cohort, 6);
      // In stage 2 others have sent one of their two reward models by then.
      if (stage === 'reward') assert.ok(updates >= 2 && updates < 6, `${updates}`);
      else assert.equal(updates, 2, stage);
    }
  });

  it('codec: has its bits on the air, and its memory comes true with the acknowledgement', async () => {
    const set = ['channel.compression={"name":"coarse","step":0.01}', 'channel.headerBits=0'];
    const result = await finished(set);
    const uploads = result.run.written.messages.filter(({ kind }) => kind === 'update');
    for (const { bits, params } of uploads) assert.equal(bits, 8 * params[0]!.parameters);
    for (const { memory, uncommitted } of result.clients) {
      assert.equal(memory.adapters!.sets['residual']!.parameters, uploads[0]!.params[0]!.parameters);
      assert.deepEqual(uncommitted, {});
    }
    const lost = await protocolRun(
      [...set, 'channel.faults=[{"effect":"drop","direction":"uplink"}]', 'channel.maxTransmissions=1'],
      { strategies },
    );
    for (const { memory, uncommitted } of lost.clients) assert.deepEqual([memory, uncommitted], [{}, {}]);
  });

  it('fading: its law makes the rates, correlated over time or not', async () => {
    const air = async (set: readonly string[]) => {
      const result = await finished(set);
      return result.run.written.messages.map(({ onAirSeconds }) => onAirSeconds);
    };
    const own = await air(['channel.fading=uniform-gain']);
    assert.notDeepEqual(own, await air(['channel.fading=rayleigh']));
    const correlated = ['channel.correlation=jakes', 'channel.dopplerHz=5'];
    assert.notDeepEqual(own, await air(['channel.fading=uniform-gain', ...correlated]));
  });

  it('method: says what is trained and what is shared', async () => {
    const result = await finished(['method=swapped']);
    const kinds = new Set(
      result.run.written.messages
        .filter(({ kind }) => kind === 'update')
        .flatMap(({ params }) => params.map(({ kind }) => kind)),
    );
    assert.deepEqual([...kinds], ['lora']);
  });

  it('are refused where the name is taken, unknown, or the options are wrong', () => {
    assert.throws(
      () => strategiesWith({ selections: [{ ...reliable, name: 'all' }] }),
      (error) =>
        error instanceof UserError && /^strategies: \/selections: "all" is taken/.test(error.message),
    );
    const refused = (server: object, own: OwnStrategies, message: RegExp) =>
      assert.throws(
        () => resolveScenario({ name: 'x', server }, undefined, 'x.json', own),
        (error) => error instanceof UserError && message.test(error.message),
      );
    refused(
      { selection: 'reliable' },
      {},
      /^x.json: \/server\/selection: is "reliable", expected one of "all", "random"/,
    );
    const wrong = { aggregation: { name: 'heavy-ball', beta: 2 } };
    refused(wrong, strategies, /^x.json: \/server\/aggregation\/beta: is 2, expected/);
    const none = { discipline: { name: 'first-answers' } };
    refused(none, strategies, /^x.json: \/server\/discipline\/count: is missing/);
  });

  it('work from a script and from a TypeScript scenario beside the installed package, and the manifest names them', function () {
    this.timeout(120_000);
    const folder = mkdtempSync(join(tmpdir(), 'pwff-installed-'));
    try {
      const run = (command: string, args: readonly string[], cwd: string) => {
        const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
        assert.equal(status, 0, `${stdout}${stderr}`);
        return stdout;
      };
      const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
      const [{ filename }] = JSON.parse(run('npm', pack, packageRoot())) as [{ filename: string }];
      const modules = join(folder, 'node_modules');
      mkdirSync(join(modules, 'pwff'), { recursive: true });
      run(
        'tar',
        ['-xzf', join(folder, filename), '-C', join(modules, 'pwff'), '--strip-components=1'],
        folder,
      );
      for (const name of readdirSync(join(packageRoot(), 'node_modules'))) {
        if (name !== 'pwff') symlinkSync(join(packageRoot(), 'node_modules', name), join(modules, name));
      }
      writeFileSync(join(folder, 'experiment.mjs'), script);
      run(process.execPath, ['experiment.mjs'], folder);
      const manifest = JSON.parse(readFileSync(join(folder, 'out/manifest.json'), 'utf8')) as {
        strategies: Record<string, { name: string; own: boolean; sourceHash?: string }>;
      };
      const { sourceHash, ...median } = manifest.strategies['aggregations']!;
      assert.deepEqual(median, { name: 'median', own: true });
      assert.match(sourceHash!, /^[0-9a-f]{64}$/);
      assert.deepEqual(manifest.strategies['selections'], { name: 'all', own: false });

      writeFileSync(join(folder, 'mine.ts'), typeScript);
      const command = [join(modules, 'pwff/dist/src/cli.js'), 'run', 'mine.ts', '--check', '--out', 'mine'];
      run(process.execPath, command, folder);
      const { strategies: used } = JSON.parse(
        readFileSync(join(folder, 'mine/manifest.json'), 'utf8'),
      ) as typeof manifest;
      const own = Object.entries(used).flatMap(([seam, { name, own }]) => (own ? [`${seam} ${name}`] : []));
      assert.deepEqual(own.sort(), ['aggregations last', 'disciplines first-answer', 'selections by-name']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const script = `
import { loadScenario, paramSet, readRun, runScenario, tensorsOf } from 'pwff';

const median = {
  name: 'median',
  description: 'the median of every coordinate',
  make: () => ({ updates, memory }) => {
    const [first] = updates;
    const sets = updates.map(({ params }) => [...tensorsOf(params)]);
    const tensors = [...tensorsOf(first.params)].map(({ name, shape, values }, t) => ({
      name,
      shape,
      values: values.map((_, i) => sets.map((set) => set[t].values[i]).sort((a, b) => a - b)[sets.length >> 1]),
    }));
    return { global: paramSet(first.params.kind, tensors), memory };
  },
};
const strategies = { aggregations: [median] };
const set = ['server.aggregation=median', 'instruction.maxRounds=1', 'reward.maxRounds=1', 'alignment.maxRounds=1'];
const { scenario, folder } = await loadScenario('tiny', { set, strategies });
const summary = await runScenario({ scenario, folder, outFolder: 'out', workers: 1, backend: 'wasm', strategies });
if (summary.ended.reason !== 'finished') throw new Error(JSON.stringify(summary.ended));
await readRun('out');
`;

/** An own aggregation, selection and discipline in one TypeScript scenario, far from the package's sources. */
const typeScript = `
import { aggregation, defineScenario, discipline, expect, selection, Type } from 'pwff';

const options = Type.Object({});
const last = aggregation({
  name: 'last',
  description: 'the update that came last',
  options,
  make: () => ({ updates, memory }) => ({ global: updates[updates.length - 1]!.params, memory }),
});
const byName = selection({
  name: 'by-name',
  description: 'the first of all names',
  options,
  make: () => ({ clients, size }: { clients: readonly string[]; size: number }) => [...clients].sort().slice(0, size),
});
const firstAnswer = discipline({
  name: 'first-answer',
  description: 'a version of the first answer',
  options,
  atOnce: () => 1,
  make: () => ({
    invite: (roster, select) => select(roster.clients),
    admits: ({ staleness }) => staleness === 0,
    isDue: ({ atHand }) => atHand.length >= 1,
    deadlineSeconds: () => 100,
  }),
});

export default defineScenario({
  extends: 'tiny',
  name: 'mine',
  learning: 'stub',
  server: { quorum: 1, aggregation: last, selection: byName, selectionFraction: 0.5, discipline: firstAnswer },
  expectations: [expect('/ended/reason', { is: 'finished' })],
});
`;
