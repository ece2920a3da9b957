import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.js';
import { figuresFrom, methodsFrom, studyOf, type Asked } from '../../src/reproduction/contenders.js';
import { withoutOwnRates } from '../../src/reproduction/own-rates.js';
import { freshSeeds } from '../../src/reproduction/seeds.js';

const asked: Asked = {
  figures: ['fig4', 'fig5'],
  seeds: [11, 12],
  others: [],
  scenario: 'quickstart',
  set: [],
};

const pointsOf = async (changes: Partial<Asked> = {}) =>
  ((await studyOf({ ...asked, ...changes })).vary?.list ?? []) as readonly Readonly<
    Record<string, unknown>
  >[];

describe('the study of the paper’s contenders', () => {
  it('has one point for each method of either figure, and for floor and ceiling', async () => {
    const points = await pointsOf();
    assert.deepEqual(
      points.map(({ method }) => method),
      ['pwff', 'vanilla-fl', 'fedada', 'fedlora', 'local-only', 'centralised', 'sfl', 'pfl', 'shepherd'],
    );
  });

  it('runs stage 1 alone where a method is in Fig. 4 only, and for Fig. 4 by itself', async () => {
    const early = (points: Awaited<ReturnType<typeof pointsOf>>) =>
      points.filter(({ stages }) => stages !== undefined).map(({ method }) => method);
    assert.deepEqual(early(await pointsOf()), ['vanilla-fl', 'fedada', 'fedlora']);
    assert.deepEqual(early(await pointsOf({ figures: ['fig4'] })).length, 6);
    assert.deepEqual(early(await pointsOf({ figures: ['fig5'] })), []);
  });

  it('puts everybody’s data into one place for the ceiling', async () => {
    const [ceiling] = (await pointsOf()).filter(({ method }) => method === 'centralised');
    assert.deepEqual(ceiling, {
      method: 'centralised',
      'clients.count': 1,
      'clients.weightHarmless': [0.5],
      'server.quorum': 1,
      'data.pooledFrom': 10,
    });
  });

  it('takes other methods along, each once', async () => {
    const points = await pointsOf({ others: methodsFrom('fedit,pwff') });
    assert.equal(points.length, 10);
    assert.throws(() => methodsFrom('fedot'), /^UserError: --with: has "fedot", .*did you mean "fedit"\?$/s);
  });

  it('says which methods have no rates of their own', async () => {
    assert.deepEqual(await withoutOwnRates('quickstart', ['pwff', 'fedada', 'sfl', 'centralised']), [
      'sfl',
      'centralised',
    ]);
  });

  it('is of fig4, of fig5 or of all', () => {
    assert.deepEqual(figuresFrom('all'), ['fig4', 'fig5']);
    assert.throws(() => figuresFrom('fig6'), UserError);
  });

  it('has seeds that no tuning saw', () => {
    assert.deepEqual(freshSeeds('5'), [11, 12, 13, 14, 15]);
    assert.deepEqual(freshSeeds('21,23'), [21, 23]);
    assert.throws(() => freshSeeds('11,102'), /has 102, expected seeds that no tuning saw/);
    assert.throws(() => freshSeeds('1..2'), /has 1 and 2, expected .*, scenarios made with 1, 2, 3, 4, 5$/);
    assert.throws(() => freshSeeds('91'), /is "91", which has 101, expected/);
  });
});
