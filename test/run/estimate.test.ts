import assert from 'node:assert/strict';
import { stages } from '../../machines/protocol.js';
import { estimateText } from '../../src/cli/estimate-text.js';
import { estimateOf, stageFlops } from '../../src/run/estimate.js';
import { protocolRun } from './untrained.js';

async function worldWith(...set: readonly string[]) {
  return (await protocolRun(set)).run.world;
}

describe('the estimate of a run', () => {
  it('grows by as much with every round, measurements with it', async () => {
    for (const stage of stages) {
      const [one, two, three] = await Promise.all(
        [1, 2, 3].map(async (rounds) => stageFlops(await worldWith(`${stage}.maxRounds=${rounds}`), stage)),
      );
      const [round, next] = [two! - one!, three! - two!];
      assert.ok(Math.abs(round - next) < 1e-9 * round && round > 0, `${stage}: ${round}, then ${next}`);
    }
  });

  it('has twice the work for twice the local steps, and less where fewer clients are measured', async () => {
    const flops = async (...set: readonly string[]) => stageFlops(await worldWith(...set), 'instruction');
    const [none, steps, twice] = [
      await flops('instruction.localSteps=1'),
      await flops('instruction.localSteps=2'),
      await flops('instruction.localSteps=3'),
    ];
    assert.ok(Math.abs(twice - steps - (steps - none)) < 1e-9 * steps);
    assert.ok((await flops('measure.clients=1')) < (await flops()));
  });

  it('is as long as these operations take at the rate at which workers read', async () => {
    const world = await worldWith();
    const { seconds } = await estimateOf(world, 2);
    assert.deepEqual(Object.keys(seconds), stages);
    const ratio = (numbers: readonly number[]) => numbers.map((number) => number / numbers[0]!);
    const operations = ratio(stages.map((stage) => stageFlops(world, stage)));
    ratio(stages.map((stage) => seconds[stage]!)).forEach((found, i) =>
      assert.ok(Math.abs(found / operations[i]! - 1) < 1e-9),
    );
  });

  it('is a line of all stages', () => {
    const seconds = { instruction: 20, reward: 8, alignment: 102 };
    assert.equal(
      estimateText({ seconds }, 2),
      'About 2 min 10 s of computing on 2 workers: instruction 20 s, reward 8 s, alignment 1 min 42 s',
    );
  });
});
