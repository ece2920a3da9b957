import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors.js';
import type { OwnStrategies } from '../../../src/index.js';
import { loadScenario } from '../../../src/scenario/load.js';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { aggregations } from '../../../src/strategies/aggregation/index.js';
import { protocolRun } from '../../run/untrained.js';
import { firstAnswers } from '../own/first-answers.js';
import { heavyBall } from '../own/heavy-ball.js';

/** The lines with which a scenario is refused. */
function refusal(server: object, own: OwnStrategies = {}, rest: object = {}): string[] {
  try {
    resolveScenario({ name: 'x', server, ...rest }, undefined, 'x.json', own);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message.split('\n');
  }
  return [];
}

const names = Object.keys(aggregations)
  .map((name) => JSON.stringify(name))
  .join(', ');

describe('the options of a strategy of a table', () => {
  it('stand beside its name, or are left to their defaults', () => {
    const { server } = resolveScenario({
      name: 'x',
      server: { quorum: 7, aggregation: { name: 'krum', byzantine: 2 } },
    });
    assert.deepEqual(server.aggregation, { name: 'krum', byzantine: 2 });
    for (const aggregation of ['krum', { name: 'krum' }, { name: 'uniform' }]) {
      assert.deepEqual(refusal({ quorum: 5, aggregation }), []);
    }
  });

  it('are checked in the branch of its name, in one line', () => {
    assert.deepEqual(refusal({ aggregation: { name: 'krum', byzantine: -1 } }), [
      'x.json: /server/aggregation/byzantine: is -1, expected an integer of at least 0',
    ]);
    assert.deepEqual(refusal({ aggregation: { name: 'krum', byzantin: 1 } }), [
      'x.json: /server/aggregation/byzantin: unknown key, expected one of name, byzantine, of; ' +
        'did you mean byzantine?',
    ]);
    const [misplaced, ...others] = refusal({ aggregation: { name: 'fedadam', of: 'deltas' } });
    assert.deepEqual(others, []);
    const said =
      'x.json: /server/aggregation/of: is "deltas", expected no of where name is "fedadam"; it goes with ';
    assert.ok(misplaced?.startsWith(`${said}"fedavg", `), misplaced);
    assert.deepEqual(refusal({ aggregation: { name: 'fedasync', staleness: 'hing' } }), [
      'x.json: /server/aggregation/staleness: is "hing", expected one of "constant", "polynomial", "hinge"; ' +
        'did you mean "hinge"?',
    ]);
  });

  it('belong to no name that is unknown or missing', () => {
    assert.deepEqual(refusal({ aggregation: { name: 'krumm', byzantine: 1 } }), [
      `x.json: /server/aggregation/name: is "krumm", expected one of ${names}; did you mean "krum"?`,
    ]);
    assert.deepEqual(refusal({ aggregation: { byzantine: 1 } }), [
      `x.json: /server/aggregation/name: is missing, expected one of ${names}`,
    ]);
    assert.deepEqual(refusal({ aggregation: 'krumm' }), [
      `x.json: /server/aggregation: is "krumm", expected one of ${names}; did you mean "krum"?`,
    ]);
    assert.deepEqual(refusal({ aggregation: 7 }), [
      `x.json: /server/aggregation: is 7, expected one of ${names}`,
    ]);
  });

  it('beside those of a user’s own', () => {
    const own = { aggregations: [heavyBall] };
    assert.deepEqual(refusal({ aggregation: { name: 'heavy-ball', beta: 2 } }, own).length, 1);
    assert.deepEqual(refusal({ quorum: 5, aggregation: { name: 'krum', byzantine: 1 } }, own), []);
  });

  it('have to be written where they have no default', () => {
    const [line, ...more] = refusal({ discipline: 'first-answers' }, { disciplines: [firstAnswers] });
    assert.deepEqual(more, []);
    assert.match(
      line!,
      /^x.json: \/server\/discipline: is "first-answers", expected one of "synchronous", .* or an object/,
    );
    const named = { discipline: { name: 'first-answers', count: 2 } };
    assert.deepEqual(refusal(named, { disciplines: [firstAnswers] }), []);
  });

  it('are all in the manifest, defaults too', async () => {
    const set = ['server.aggregation={"name":"geometric-median","iterations":9}'];
    const { run } = await protocolRun(set);
    assert.deepEqual(run.manifest.strategies?.aggregations, {
      name: 'geometric-median',
      own: false,
      options: { iterations: 9, smoothing: 1e-6, weighting: 'rows', of: 'weights' },
    });
    assert.deepEqual(run.manifest.strategies?.selections, { name: 'all', own: false });
  });
});

describe('an own strategy that is called like one of a table', () => {
  it('is refused in one line wherever it is taken', async () => {
    const strategies = { aggregations: [{ ...heavyBall, name: 'krum' }] };
    const line =
      'strategies: /aggregations: "krum" is taken, expected a name of its own; rename the strategy';
    const isRefusal = (error: unknown) => error instanceof UserError && error.message === line;
    await assert.rejects(loadScenario('tiny', { strategies }), isRefusal);
    assert.deepEqual(refusal({}, strategies), [line]);
  });

  it('is refused like one that is called like another own one, or like the fading "trace"', async () => {
    await assert.rejects(
      loadScenario('tiny', { strategies: { aggregations: [heavyBall, heavyBall] } }),
      /^UserError: strategies: \/aggregations: "heavy-ball" is taken/,
    );
    const fadings: OwnStrategies['fadings'] = [
      { name: 'trace', description: '', make: () => assert.fail('made') },
    ];
    await assert.rejects(
      loadScenario('tiny', { strategies: { fadings } }),
      /^UserError: strategies: \/fadings: "trace" is taken/,
    );
  });
});

describe('how many updates an aggregation needs', () => {
  it('is held against the quorum', () => {
    const needs: [aggregation: object | string, least: number][] = [
      ['krum', 5],
      [{ name: 'krum', byzantine: 3 }, 9],
      [{ name: 'multi-krum', byzantine: 2 }, 7],
      [{ name: 'multi-krum', byzantine: 1, keep: 8 }, 9],
      ['bulyan', 7],
      ['trimmed-mean', 5],
      [{ name: 'trimmed-mean', byzantine: 3, share: 0.3 }, 10],
    ];
    for (const [aggregation, least] of needs) {
      assert.deepEqual(refusal({ quorum: least, aggregation }), []);
      assert.deepEqual(refusal({ quorum: least - 1, aggregation }), [
        `x.json: /server/quorum: is ${least - 1}, expected at least ${least} where /server/aggregation is ` +
          JSON.stringify(aggregation),
      ]);
    }
  });

  it('is held against the clients of a round', () => {
    const aggregation = { name: 'bulyan', byzantine: 2 };
    assert.deepEqual(refusal({ quorum: 10, aggregation }), [
      'x.json: /server/aggregation: is {"name":"bulyan","byzantine":2}, expected one that gets along with the ' +
        '10 updates that a version is made of; this one needs 11',
    ]);
    const half = { selection: 'random', selectionFraction: 0.5, quorum: 5 };
    assert.deepEqual(refusal({ ...half, aggregation: 'krum' }), []);
    assert.equal(refusal({ ...half, aggregation: 'bulyan' }).length, 1);
  });

  it('of a user’s own is held as well', () => {
    const own = { aggregations: [{ ...heavyBall, atLeast: () => 4 }] };
    assert.deepEqual(refusal({ quorum: 4, aggregation: 'heavy-ball' }, own), []);
    assert.deepEqual(refusal({ quorum: 3, aggregation: 'heavy-ball' }, own), [
      'x.json: /server/quorum: is 3, expected at least 4 where /server/aggregation is "heavy-ball"',
    ]);
  });

  it('counts the clients of a round as the selection does', () => {
    // 0.07 · 100 is 7.000000000000001 in floating point; the cohort has 7.
    const seven = { selection: 'random', selectionFraction: 0.07 };
    const hundred = { clients: { count: 100 } };
    assert.deepEqual(refusal({ ...seven, quorum: 7 }, {}, hundred), []);
    assert.equal(refusal({ ...seven, quorum: 8 }, {}, hundred).length, 1);
  });
});

describe('an aggregation by tiers', () => {
  it('is refused where the discipline has more tiers than it knows', () => {
    const aggregation = { name: 'fedat', tiers: 2 };
    const six = { clients: { count: 6 } };
    const [line, ...others] = refusal({ aggregation, discipline: { name: 'tiers', tiers: 3 } }, {}, six);
    assert.deepEqual(others, []);
    assert.match(
      line!,
      /^x\.json: \/server\/aggregation: is .*, expected tiers 3 or more, as \/server\/discipline has/,
    );
    assert.deepEqual(refusal({ aggregation, discipline: { name: 'tiers', tiers: 2 } }, {}, six), []);
  });

  it('is refused with a discipline that has none', () => {
    assert.deepEqual(refusal({ aggregation: 'fedat' }), [
      'x.json: /server/aggregation: is "fedat", expected another where /server/discipline is "synchronous", ' +
        'which has no tiers',
    ]);
    const disciplines = [{ ...firstAnswers, hasTiers: true }];
    const discipline = { name: 'first-answers', count: 2 };
    assert.deepEqual(refusal({ aggregation: 'fedat', discipline }, { disciplines }), []);
  });
});
