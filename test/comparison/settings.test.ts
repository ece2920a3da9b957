import assert from 'node:assert/strict';
import { differences } from '../../src/comparison/settings.js';

describe('the settings in which scenarios differ', () => {
  const scenario = (method: string, rate: number, loss: number) => ({
    name: `${method} ${loss}`,
    seed: loss,
    method,
    instruction: { learningRate: rate, steps: 4 },
    channel: { lossProbability: loss },
  });

  it('leave out names and seeds, and what follows from the method', () => {
    const found = differences([
      scenario('pwff', 0.1, 0),
      scenario('pwff', 0.1, 0.2),
      scenario('fedada', 0.3, 0),
      scenario('fedada', 0.3, 0.2),
    ]);
    assert.deepEqual(found, {
      kept: ['method', 'channel.lossProbability'],
      following: ['instruction.learningRate'],
    });
  });

  it('are none of scenarios that differ in their seeds alone', () => {
    const found = differences([
      { seed: 1, a: 1 },
      { seed: 2, a: 1 },
    ]);
    assert.deepEqual(found, { kept: [], following: [] });
  });

  it('take a strategy of another name, a list, and a missing value as one', () => {
    const found = differences([
      { rule: 'fedavg', list: [1, 2], deep: { a: 1 } },
      { rule: { name: 'krum', byzantine: 1 }, list: [1, 2], deep: {} },
      { rule: { name: 'krum', byzantine: 2 }, list: [1, 3], deep: {} },
      { rule: 'fedavg', list: [1, 3], deep: { a: 1 } },
    ]);
    assert.deepEqual(found.kept, ['rule', 'list']);
    assert.deepEqual(found.following, ['deep.a']);
  });
});
