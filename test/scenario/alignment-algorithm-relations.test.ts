import assert from 'node:assert/strict';
import { alignmentAlgorithmRules } from '../../src/scenario/alignment-algorithm-relations.js';
import { problemLine } from '../../src/settings/problem.js';
import { checkForm } from '../../src/scenario/validate.js';

/** What the rules say of a well-formed scenario with these settings of its alignment. */
function said(alignment: object): string[] {
  const { scenario, problems } = checkForm({ name: 'x', alignment });
  assert.ok(scenario, JSON.stringify(problems));
  return alignmentAlgorithmRules
    .flatMap((rule) => rule.problems(scenario, { model: null, unreadable: {} }))
    .map((problem) => problemLine('x.json', problem));
}

describe('rules of the algorithms of the alignment', () => {
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
});
