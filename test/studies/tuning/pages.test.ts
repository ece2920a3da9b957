import assert from 'node:assert/strict';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { chosenOf, type Tried } from '../../../studies/tuning/choice.js';
import { methodSettingsOf, tuningPage } from '../../../studies/tuning/pages.js';

const tried = (learningRate: number, ...figures: readonly (readonly [number, number])[]): Tried => ({
  rates: { learningRate, loraLearningRateScale: 1 },
  figures: figures.map(([loss, accuracy]) => ({ loss, accuracy })),
});

describe('what tuning tells', () => {
  const middle = tried(0.002, [0.5, 0.8], [0.3, 0.8]);
  const greatest = tried(0.004, [0.2, 0.9], [0.9, 0.9]);
  const all = new Map([['fedlora', [tried(0.001, [0.7, 0.7], [0.7, 0.7]), middle, greatest]]]);

  it('chooses the least loss in the mean over the seeds, not the least of a seed', () => {
    assert.equal(chosenOf(all.get('fedlora')!), middle);
  });

  it('lists all configurations, and says where accuracy would have chosen otherwise', () => {
    assert.deepEqual(tuningPage(all).split('\n').slice(2, -1), [
      '| fedlora | 0.001 | 1 | 0.700 | 70.0 |  |',
      '| fedlora | 0.002 | 1 | 0.400 | 80.0 | yes |',
      '| fedlora | 0.004 | 1 | 0.550 | 90.0 |  |',
      '',
      '- fedlora: learning rate 0.002, LoRA scale 1; by validation accuracy it would be learning rate 0.004, LoRA scale 1',
    ]);
  });

  it('does not name another of the same accuracy', () => {
    const equal = new Map([['sfl', [tried(0.1, [2, 0.5]), tried(0.2, [1, 0.5])]]]);
    assert.doesNotMatch(tuningPage(equal), /by validation accuracy/);
  });

  it('says where a choice stands at the edge', () => {
    const edge = new Map([['sfl', [tried(0.1, [1, 0.5]), tried(0.2, [2, 0.5])]]]);
    assert.match(
      tuningPage(edge),
      /- sfl: learning rate 0.1, LoRA scale 1, at the edge of what was tried in learningRate\n/,
    );
  });

  it('is what a scenario takes', () => {
    const methodSettings = methodSettingsOf(all);
    const { instruction } = resolveScenario({ name: 'x', method: 'fedlora', methodSettings });
    assert.equal(instruction.learningRate, 0.002);
  });
});
