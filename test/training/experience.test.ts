import assert from 'node:assert/strict';
import { experienceOf, type Observation } from '../../src/training/experience.js';
import { assertNear, reference } from './ppo/reference.js';

const observation: Observation = {
  rollout: { tokens: Int32Array.of(1, 2, 3, 4, 5), response: 1, ended: true },
  logProb: Float64Array.from(reference.logProb),
  referenceLogProb: Float64Array.from(reference.referenceLogProb),
  score: reference.score,
  states: new Float32Array(4),
  values: {
    helpful: Float64Array.from(reference.values.helpful),
    harmless: Float64Array.from(reference.values.harmless),
  },
};

describe('experience', () => {
  it('of the reference response holds its whitened advantages, and returns of each objective', () => {
    const [experience] = experienceOf([observation], reference);
    assertNear(experience!.advantages, reference.whitened);
    const returns = (['helpful', 'harmless'] as const).map((objective) => experience!.returns[objective]);
    const { weights } = reference;
    const combined = returns[0]!.map(
      (value, t) => weights.helpful * value + weights.harmless * returns[1]![t]!,
    );
    assertNear(combined, reference.returns);
  });

  it('is whitened over all responses together', () => {
    const better = { ...observation, score: { helpful: 5, harmless: 5 } };
    const experiences = experienceOf([observation, better], reference);
    const all = experiences.flatMap(({ advantages }) => [...advantages]);
    assertNear(all.reduce((sum, value) => sum + value, 0) / all.length, 0, 1e-12);
    assert.ok(experiences[1]!.advantages.every((value, t) => value > experiences[0]!.advantages[t]!));
  });
});
