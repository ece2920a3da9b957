import assert from 'node:assert/strict';
import fc from 'fast-check';
import { experienceOf, type Observation } from '../../../src/learning/training/experience.js';
import { generalizedAdvantages } from '../../../src/learning/training/ppo/advantages.js';
import { whiten } from '../../../src/learning/training/ppo/whiten.js';
import { assertNear, reference } from './ppo/reference.js';

const observation: Observation = {
  rollout: { tokens: Int32Array.of(1, 2, 3, 4, 5), response: 1, ended: true },
  logProb: Float64Array.from(reference.logProb),
  referenceLogProb: Float64Array.from(reference.referenceLogProb),
  score: reference.score,
  states: { helpful: new Float32Array(4), harmless: new Float32Array(4) },
  entropy: new Float64Array(4),
  values: {
    helpful: Float64Array.from(reference.values.helpful),
    harmless: Float64Array.from(reference.values.harmless),
  },
};

const options = { ...reference, whitenRewards: false, whitenAdvantages: true };

describe('experience', () => {
  it('of the reference response holds its whitened advantages, and returns of each objective', () => {
    const [experience] = experienceOf([observation], options);
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
    const experiences = experienceOf([observation, better], options);
    const all = experiences.flatMap(({ advantages }) => [...advantages]);
    assertNear(all.reduce((sum, value) => sum + value, 0) / all.length, 0, 1e-12);
    assert.ok(experiences[1]!.advantages.every((value, t) => value > experiences[0]!.advantages[t]!));
  });

  it('unwhitened holds the advantages of the reference themselves', () => {
    const [experience] = experienceOf([observation], { ...options, whitenAdvantages: false });
    assertNear(experience!.advantages, reference.advantages);
  });

  it('gives the whole score to the last token, and the KL penalty to each', () => {
    const earlier = { ...options, lambda: 1, klCoefficient: 0.5, whitenAdvantages: false };
    const [plain] = experienceOf([observation], earlier);
    const [scored] = experienceOf([{ ...observation, score: { helpful: 2, harmless: 0.5 } }], earlier);
    assertNear(
      scored!.returns.helpful.map((value, t) => value - plain!.returns.helpful[t]!),
      [1, 1, 1, 1],
      1e-12,
    );
    const atTheEnd = { ...earlier, discount: 0 };
    const [last] = experienceOf([observation], atTheEnd);
    assertNear(last!.returns.helpful, [-0.1, -0.1, 0.25, 1], 1e-12);
  });

  it('combines: unwhitened advantages are those of the weighted reward under the weighted values', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const row = fc.array(number, { minLength: 4, maxLength: 4 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const score = fc.record({ helpful: number, harmless: number });
    fc.assert(
      fc.property(score, row, row, row, share, share, (score, helpful, harmless, logProb, weight, lambda) => {
        const weights = { helpful: weight, harmless: 1 - weight };
        const values = { helpful: Float64Array.from(helpful), harmless: Float64Array.from(harmless) };
        const made = { ...observation, score, values, logProb: Float64Array.from(logProb) };
        const [experience] = experienceOf([made], {
          ...options,
          weights,
          lambda,
          whitenAdvantages: false,
        });
        const total = weights.helpful * score.helpful + weights.harmless * score.harmless;
        const penalties = logProb.map((own, t) => -0.05 * (own - reference.referenceLogProb[t]!));
        const ofSum = generalizedAdvantages(
          penalties.map((penalty, t) => penalty + (t === 3 ? total : 0)),
          helpful.map((value, t) => weights.helpful * value + weights.harmless * harmless[t]!),
          options.discount,
          lambda,
        );
        assertNear(experience!.advantages, ofSum, 1e-9);
      }),
    );
  });

  it('with whitened rewards learns from each objective scaled by itself, its mean kept', () => {
    const shorter: Observation = {
      ...observation,
      logProb: Float64Array.of(-0.3),
      referenceLogProb: Float64Array.of(-0.8),
      score: { helpful: 40, harmless: 3 },
      values: { helpful: Float64Array.of(0), harmless: Float64Array.of(0) },
    };
    const bare = { ...options, lambda: 0, discount: 0, klCoefficient: 0.05 };
    const plain = experienceOf([observation, shorter], bare);
    const whitened = experienceOf([observation, shorter], { ...bare, whitenRewards: true });
    for (const objective of ['helpful', 'harmless'] as const) {
      // Without a discount and with λ 0 a return is the reward itself.
      const returns = (experiences: typeof plain) => experiences.flatMap((e) => [...e.returns[objective]]);
      assertNear(returns(whitened), whiten(returns(plain), false), 1e-12);
    }
  });
});
