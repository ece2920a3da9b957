import assert from 'node:assert/strict';
import { embeddedData } from '../../../src/learning/data/embedded/federated.js';
import { dealToNewcomers } from '../../../src/learning/data/newcomers.js';
import type { Example } from '../../../src/learning/data/types.js';
import { scenarioWith } from './scenario.js';

const scenario = scenarioWith({ examplesPerClient: 16, testPerClient: 4 }, 5);
const withNewcomers = (newcomers: number, count = 5) => ({
  ...scenario,
  clients: { ...scenario.clients, count, newcomers },
});

const row = (instruction: string): Example => ({
  ...{ instruction, input: '', output: 'yes' },
  ...{ topic: 'benign', family: 'say' },
});

describe('data of clients that take no part', () => {
  it('changes nothing of what clients hold', () => {
    const [without, three] = [0, 3].map((newcomers) => embeddedData(withNewcomers(newcomers), 1));
    assert.deepEqual(three!.clients, without!.clients);
    assert.deepEqual(three!.common, without!.common);
    assert.deepEqual(
      three!.newcomers.map(({ id }) => id),
      ['newcomer-1', 'newcomer-2', 'newcomer-3'],
    );
  });

  it('is the same however many more come', () => {
    const [one, three] = [1, 3].map((newcomers) => embeddedData(withNewcomers(newcomers), 1));
    assert.deepEqual(three!.newcomers[0], one!.newcomers[0]);
  });

  it('teaches facts that some clients are taught, as many as a client has in the mean, and asks for the others', () => {
    const { newcomers } = embeddedData(withNewcomers(1), 1);
    const factsIn = (rows: readonly Example[]) =>
      new Set(
        rows
          .filter(({ topic }) => topic === 'fact')
          .map(({ instruction, input }) => `${instruction} ${input}`),
      );
    assert.ok(factsIn(newcomers[0]!.train).size > 0);
    assert.ok(newcomers[0]!.shared.length > 0);
  });

  it('is of files what no client has, and no prompt that a client has', () => {
    const dealing = { ...scenario, data: { ...scenario.data, examplesPerClient: 2, testPerClient: 1 } };
    const rest = ['a', 'b', 'c', 'd', 'd', 'e'].map(row);
    const taken = new Set([JSON.stringify(['e', ''])]);
    const [first] = dealToNewcomers(dealing, ['newcomer-1'], rest, taken, 1);
    const dealt = [...first!.train, ...first!.validation, ...first!.test].map(
      ({ instruction }) => instruction,
    );
    assert.deepEqual([...dealt].sort(), ['a', 'b', 'c', 'd']);
    assert.throws(
      () => dealToNewcomers(dealing, ['newcomer-1', 'newcomer-2'], rest, taken, 1),
      /\/clients\/newcomers: is 2, expected fewer \(or more rows\)/,
    );
  });
});
