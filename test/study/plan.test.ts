import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plannedRuns, type Study, type Vary } from '../../src/index.js';

/** The scenario in the package that a study of tests begins with. */
const base = { name: 'test', scenario: 'tiny' } satisfies Study;
const snr = (...values: number[]): Vary => ({ grid: { 'channel.uplink.meanSnrDb': values } });
const ids = async (study: Study) => (await plannedRuns(study)).map(({ id }) => id);

describe('the planned runs of a study', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-plan-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('are each point with each seed, in a folder that says which', async () => {
    const runs = await plannedRuns({ ...base, vary: snr(0, 5), seeds: 2 });
    assert.deepEqual(
      runs.map(({ name, id }) => name.replace(id, 'id')),
      ['meanSnrDb-0-seed-1-id', 'meanSnrDb-0-seed-2-id', 'meanSnrDb-5-seed-1-id', 'meanSnrDb-5-seed-2-id'],
    );
    assert.equal(new Set(runs.map(({ id }) => id)).size, 4);
    assert.deepEqual(
      runs
        .map(({ point, seed, settings }) => [point, seed, settings['channel.uplink.meanSnrDb']])
        .slice(1, 3),
      [
        ['meanSnrDb=0', 2, 0],
        ['meanSnrDb=5', 1, 5],
      ],
    );
  });

  it('have the scenario’s own seed where the study says none', async () => {
    assert.deepEqual(
      (await plannedRuns({ ...base, set: { seed: 9 } })).map(({ point, seed }) => [point, seed]),
      [['base', 9]],
    );
  });

  it('have ids of their whole scenarios: a default that is written is the same run, a change another', async () => {
    const [plain] = await ids(base);
    assert.match(plain!, /^[0-9a-f]{12}$/);
    assert.deepEqual(await ids({ ...base, name: 'other', set: { method: 'pwff', seed: 1 } }), [plain]);
    assert.deepEqual(await ids({ ...base, set: { description: 'in other words' } }), [plain]);
    assert.notDeepEqual(
      await ids({ ...base, set: { 'clients.count': 4, 'clients.weightHarmless': 'uniform' } }),
      [plain],
    );
    const [onWasm] = await plannedRuns(base, { backend: 'wasm' });
    assert.notEqual(onWasm!.id, plain);
  });

  it('share a folder where two points are the same run', async () => {
    const [one, other] = await plannedRuns({ ...base, vary: { list: [{}, { method: 'pwff' }] } });
    assert.equal(one!.id, other!.id);
    assert.equal(one!.name, other!.name);
    assert.deepEqual([one!.point, other!.point], ['base', 'method=pwff']);
  });

  it('are refused where a scenario would be, by the name of the point', async () => {
    await assert.rejects(plannedRuns({ ...base, vary: { grid: { 'clients.count': [3, -1] } } }), {
      name: 'UserError',
      message: /tiny\.json with point count=-1: \/clients\/count: is -1, expected an integer/,
    });
    // No setting of the point, but what follows from it.
    await assert.rejects(plannedRuns({ ...base, vary: { grid: { 'server.quorum': [9] } } }), {
      message: /point quorum=9: .*quorum/,
    });
  });

  it('are read from a file, whose scenario is beside it, in the package or in it', async () => {
    const scenario = file('own.json', { name: 'own', extends: undefined, clients: { count: 3 } });
    const [own] = await ids({ name: 'test', scenario });
    const data = { clients: { count: 3 }, name: 'own' };
    for (const study of [
      file('beside.json', { name: 'test', scenario: './own.json' }),
      file('within.yaml', `name: test\nscenario: ${JSON.stringify(data)}\n`),
      file('code.ts', `export default { name: 'test', scenario: ${JSON.stringify(data)} };`),
    ]) {
      assert.deepEqual(
        (await plannedRuns(study)).map(({ id }) => id),
        [own],
        study,
      );
    }
    const inPackage = file('package.json', { name: 'test', scenario: 'tiny' });
    assert.deepEqual(
      (await plannedRuns(inPackage)).map(({ id }) => id),
      await ids(base),
    );
  });

  it('are of scenarios with code only where these stand in files', async () => {
    const within = file(
      'code.ts',
      `export default { name: 'test', scenario: { name: 'own',
         timeline: [{ atSeconds: 1, do: [(run) => run.stop()] }] } };`,
    );
    assert.equal((await plannedRuns(within)).length, 1);
    const timeline = [{ atSeconds: 1, do: [() => {}] }];
    await assert.rejects(plannedRuns({ name: 'test', scenario: { name: 'own', timeline } }), {
      message: /^study: \/scenario: holds code, expected settings alone/,
    });
  });

  for (const [about, content, message] of [
    [
      'an unknown key',
      { ...base, varry: {} },
      /: \/varry: unknown key, expected one of name, .*; did you mean vary\?$/,
    ],
    ['no scenario', { name: 'test' }, /: \/scenario: is missing, expected /],
    [
      'an empty list of values',
      { ...base, vary: { grid: { method: [] } } },
      /: \/vary\/grid\/method: is \[\]/,
    ],
    ['the same seed twice', { ...base, seeds: [1, 1] }, /: \/seeds: is \[1,1\], expected /],
    ['a path that is none', { ...base, set: { 'a..b': 1 } }, /: \/set/],
    [
      'an unknown draw',
      { ...base, vary: { random: { count: 1, seed: 1, space: { x: { draw: 'even' } } } } },
      /"even"/,
    ],
    [
      'paired lists of two lengths',
      { ...base, vary: { paired: { a: [1], b: [1, 2] } } },
      /: \/vary\/paired\/b: has 2/,
    ],
    [
      'a timeline that is none',
      { ...base, scenario: { name: 'x', timeline: 3 } },
      /: \/scenario\/timeline: is no list/,
    ],
  ] as const) {
    it(`are refused in one line where the study has ${about}`, async () => {
      const path = file('study.json', content);
      await assert.rejects(plannedRuns(path), (error: Error) => {
        assert.equal(error.name, 'UserError', error.stack);
        assert.ok(error.message.startsWith(path), error.message);
        assert.match(error.message, message);
        assert.equal(error.message.includes('\n'), false, error.message);
        return true;
      });
    });
  }
});
