import assert from 'node:assert/strict';
import { alignmentRules } from '../../../../src/learning/training/algorithms/relations.js';
import { problemLine } from '../../../../src/settings/problem.js';
import { broken } from '../../../../src/settings/rule.js';
import { checkForm } from '../../../../src/scenario/validate.js';

/** What the rules say of a well-formed scenario with these settings of its alignment. */
function said(alignment: object): string[] {
  const { scenario, problems } = checkForm({ name: 'x', alignment });
  assert.ok(scenario, JSON.stringify(problems));
  return broken(alignmentRules, scenario, { model: null }).map((problem) => problemLine('x.json', problem));
}

describe('rules of the alignment', () => {
  it('take each algorithm as it is, and samplers with all that is about samples', () => {
    for (const algorithm of ['ppo', 'rewarded-soups', 'modpo']) assert.deepEqual(said({ algorithm }), []);
    const sampling = { klControl: 'adaptive', targetKl: 0.02, criticWarmupSteps: 4, ptxCoefficient: 0.3 };
    assert.deepEqual(said({ algorithm: 'rewarded-soups', ...sampling }), []);
  });

  it('refuse of an algorithm without samples what is about samples and critics, each by its pointer', () => {
    const wrong = { klControl: 'adaptive', targetKl: 0.02, criticWarmupSteps: 4, ptxCoefficient: 0.3 };
    const lines = said({ algorithm: 'modpo', ...wrong });
    assert.deepEqual(
      lines.map((line) => line.split(': ')[1]),
      Object.keys(wrong).map((key) => `/alignment/${key}`),
    );
    for (const line of lines) assert.match(line, /expected .* where algorithm is "modpo"/);
  });

  it('length that has not grown is no sign of a collapse', () => {
    assert.deepEqual(said({ collapse: { lengthFactor: 1.01 } }), []);
    assert.match(said({ collapse: { lengthFactor: 1 } })[0]!, /lengthFactor: is 1, expected above 1; /);
  });
});
