import assert from 'node:assert/strict';
import { methods } from '../../../src/strategies/methods/index.js';
import { alikeInStageOne, atTheEdge, budgetOf, configurationsOf } from '../../../studies/tuning/grid.js';

const grid = { rates: [0.003, 0.006, 0.012], scales: [0.25, 1] };

describe('the grid of tuning', () => {
  it('gives every method as many different configurations', () => {
    for (const method of Object.values(methods)) {
      const configurations = configurationsOf(method, grid).map((rates) => JSON.stringify(rates));
      assert.equal(new Set(configurations).size, budgetOf(grid), method.name);
    }
    assert.equal(budgetOf(grid), 6);
  });

  it('is rates × scales where adapters and LoRA are trained', () => {
    assert.deepEqual(
      configurationsOf(methods.pwff, { rates: [0.1, 0.2], scales: [0.5, 1] }).map(
        ({ learningRate, loraLearningRateScale }) => [learningRate, loraLearningRateScale],
      ),
      [
        [0.1, 0.5],
        [0.1, 1],
        [0.2, 0.5],
        [0.2, 1],
      ],
    );
  });

  it('is rates in equal ratios where one part is trained, from the least of any part to the greatest', () => {
    const four = { rates: [0.001, 0.008], scales: [1, 1] };
    for (const method of [methods.fedlora, methods.fedada]) {
      const found = configurationsOf(method, four);
      assert.deepEqual(
        found.map(({ learningRate }) => learningRate),
        [0.001, 0.002, 0.004, 0.008],
      );
      assert.deepEqual(
        new Set(found.map(({ loraLearningRateScale }) => loraLearningRateScale)),
        new Set([1]),
      );
    }
    const wide = configurationsOf(methods.fedlora, { rates: [0.002, 0.004], scales: [0.5, 2] });
    assert.deepEqual([wide[0]!.learningRate, wide.at(-1)!.learningRate], [0.001, 0.008]);
  });

  it('says which rate of a choice stands at an end of more than one', () => {
    const tried = configurationsOf(methods.pwff, { rates: [1, 2, 3], scales: [0.5] });
    assert.deepEqual(atTheEdge(tried[0]!, tried), ['learningRate']);
    assert.deepEqual(atTheEdge(tried[1]!, tried), []);
    assert.deepEqual(atTheEdge(tried[2]!, tried), ['learningRate']);
  });

  it('knows the methods that are alike until alignment', () => {
    const groups = alikeInStageOne(Object.values(methods)).map((group) => group.map(({ name }) => name));
    assert.deepEqual(
      groups.filter(({ length }) => length > 1),
      [
        ['pwff', 'sfl'],
        ['vanilla-fl', 'pfl'],
        ['fedlora', 'shepherd', 'fedit'],
      ],
    );
    assert.equal(groups.flat().length, Object.keys(methods).length);
  });
});
