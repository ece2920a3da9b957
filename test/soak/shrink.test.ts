import assert from 'node:assert/strict';
import { shrunk, type Json } from '../../soak/shrink.js';

type Scenario = { readonly [key: string]: Json };
const shrink = (value: Json, fails: (candidate: Scenario) => boolean, keep: readonly string[] = []) =>
  shrunk(value, {
    fails: (candidate) => Promise.resolve(fails(candidate as Scenario)),
    keep,
    mostTries: 1000,
  });

describe('a scenario that fails', () => {
  it('is left with what it fails by: keys, entries of lists and counts', async () => {
    const value = {
      name: 'x',
      faults: [1, { effect: 'drop', round: 9 }, 'a', 'b'],
      clients: { count: 8, share: 1 },
    };
    const fails = ({ faults, clients }: Scenario) =>
      Array.isArray(faults) &&
      JSON.stringify(faults).includes('drop') &&
      ((clients as Scenario | undefined)?.['count'] as number) >= 3;
    assert.deepEqual(await shrink(value, fails), { faults: [{ effect: 'drop' }], clients: { count: 3 } });
  });

  it('stays as it is where nothing smaller fails, and keeps what it is told to', async () => {
    assert.deepEqual(await shrink({ a: 1, b: [2] }, () => false), { a: 1, b: [2] });
    assert.deepEqual(await shrink({ learning: 'stub', b: [2] }, () => true, ['learning']), {
      learning: 'stub',
    });
  });
});
