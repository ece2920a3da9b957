import assert from 'node:assert/strict';
import { embeddedData } from '../../../src/learning/data/embedded/federated.js';
import { overlapsOf, totalOverlaps, type Overlap } from '../../../src/learning/data/overlap.js';
import type { ClientData, Example, PreferencePair } from '../../../src/learning/data/types.js';
import { perObjective } from '../../../src/learning/objective.js';
import { scenarioWith } from './scenario.js';

const row = (instruction: string, output = 'yes', input = ''): Example => ({
  ...{ instruction, input, output, topic: 'benign', family: 'x' },
});
const pair = (instruction: string, chosen = 'good'): PreferencePair => ({
  ...{ instruction, input: '', chosen, rejected: 'bad', topic: 'benign', family: 'x' },
});
const nothing = { train: [], validation: [], test: [] };

function client(id: string, data: Partial<ClientData>): ClientData {
  return {
    ...{ id, ...nothing, shared: [], pairs: perObjective(() => nothing), prompts: nothing },
    ...data,
  };
}

/** [own prompts, own rows, any prompts, any rows] of a use held against some training. */
function countsOf(
  overlaps: readonly Overlap[],
  purpose: Overlap['purpose'],
  use: Overlap['use'],
  against: Overlap['against'] = purpose,
) {
  const { ownPrompts, ownRows, anyPrompts, anyRows } = overlaps.find(
    (one) => one.purpose === purpose && one.use === use && one.against === against,
  )!;
  return [ownPrompts, ownRows, anyPrompts, anyRows];
}

/** The uses in which any count is not 0. */
const found = (overlaps: readonly Overlap[]) =>
  overlaps.filter(({ ownPrompts, anyPrompts }) => ownPrompts + anyPrompts > 0);

describe('what is held out and trained on after all', () => {
  it('is counted by prompts and by whole rows, of the same client and of any', () => {
    const one = client('client-1', {
      train: [row('a'), row('b'), row('b', 'no')],
      validation: [row('a'), row('c')],
      test: [row('b', 'perhaps'), row('a', 'yes', 'input'), row('d')],
    });
    const other = client('client-2', { train: [row('c'), row('d', 'no')], test: [row('a', 'no')] });
    const overlaps = totalOverlaps(overlapsOf([one, other]));
    assert.deepEqual(countsOf(overlaps, 'instructions', 'validation'), [1, 1, 2, 2]);
    assert.deepEqual(countsOf(overlaps, 'instructions', 'test'), [1, 0, 3, 0]);
    assert.equal(overlaps.find(({ use }) => use === 'test')!.rows, 4);
    const each = overlapsOf([one, other]).filter(
      ({ use, purpose }) => `${purpose} ${use}` === 'instructions test',
    );
    assert.deepEqual(
      each.map(({ client, rows, ownPrompts, anyPrompts }) => [client, rows, ownPrompts, anyPrompts]),
      [
        ['client-1', 3, 1, 2],
        ['client-2', 1, 0, 1],
      ],
    );
  });

  it('is counted of pairs against pairs of either objective', () => {
    const overlaps = overlapsOf([
      client('client-1', {
        pairs: {
          helpful: {
            train: [pair('a'), pair('b')],
            validation: [pair('a')],
            test: [pair('b', 'better'), pair('c')],
          },
          harmless: { train: [pair('c')], validation: [], test: [pair('a'), pair('c')] },
        },
      }),
    ]);
    assert.deepEqual(countsOf(overlaps, 'helpful', 'validation'), [1, 1, 1, 1]);
    assert.deepEqual(countsOf(overlaps, 'helpful', 'test'), [1, 0, 1, 0]);
    assert.deepEqual(countsOf(overlaps, 'helpful', 'test', 'harmless'), [1, 1, 1, 1]);
    assert.deepEqual(countsOf(overlaps, 'harmless', 'test', 'helpful'), [1, 1, 1, 1]);
    assert.deepEqual(countsOf(overlaps, 'harmless', 'validation'), [0, 0, 0, 0]);
  });

  it('is counted of the prompts of Step 3 against all that is trained on', () => {
    const own = client('client-1', {
      train: [row('a')],
      pairs: {
        helpful: { ...nothing, train: [pair('b')] },
        harmless: { ...nothing, train: [pair('c'), pair('d')] },
      },
      prompts: {
        train: [row('e')],
        test: [row('a'), row('b'), row('c'), row('d'), row('e', 'no'), row('f')],
      },
    });
    const overlaps = totalOverlaps(overlapsOf([own]));
    const against = (trained: Overlap['against']) => countsOf(overlaps, 'prompts', 'test', trained);
    assert.deepEqual(against('prompts'), [1, 0, 1, 0]);
    assert.deepEqual(against('instructions'), [1, 1, 1, 1]);
    assert.deepEqual(against('helpful'), [1, 0, 1, 0]);
    assert.deepEqual(against('harmless'), [2, 0, 2, 0]);
  });

  it('says 0 where there is none, of every use', () => {
    const overlaps = totalOverlaps(overlapsOf([client('client-1', { train: [row('a')], test: [row('b')] })]));
    assert.equal(overlaps.length, 3 + 2 * 4 + 4);
    assert.deepEqual(found(overlaps), []);
  });

  it('is nothing of the embedded corpus, of no client and no use, facts included', () => {
    for (const seed of [1, 2, 3]) {
      const overlaps = totalOverlaps(overlapsOf(embeddedData(scenarioWith({}), seed).clients));
      assert.ok(overlaps.every(({ rows }) => rows > 0));
      assert.deepEqual(found(overlaps), []);
    }
  });
});
