import fc from 'fast-check';
import { objectives, type Objective, type Weights } from '../../../../src/learning/objective.js';
import { generalizedAdvantages, returnsOf } from '../../../../src/learning/training/ppo/advantages.js';
import { k1 } from '../../../../src/learning/training/ppo/kl.js';
import { tokenRewards } from '../../../../src/learning/training/ppo/token-rewards.js';
import { weightedSums } from '../../../../src/learning/training/ppo/weighted.js';
import { assertNear, reference } from './reference.js';

const { discount, lambda, klCoefficient, weights, score, values } = reference;
const kl = k1(reference.logProb, reference.referenceLogProb);

function advantagesOf(objective: Objective): Float64Array {
  return generalizedAdvantages(
    tokenRewards(kl, klCoefficient, score[objective]),
    values[objective],
    discount,
    lambda,
  );
}

const streams = fc.integer({ min: 1, max: 12 }).chain((length) => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  const row = fc.array(number, { minLength: length, maxLength: length });
  return fc.record({
    kl: row,
    values: fc.record({ helpful: row, harmless: row }),
    score: fc.record({ helpful: number, harmless: number }),
    weightHelpful: fc.double({ min: 0, max: 1, noNaN: true }),
    discount: fc.double({ min: 0, max: 1, noNaN: true }),
    lambda: fc.double({ min: 0, max: 1, noNaN: true }),
  });
});

describe('rewards, advantages and returns of a response', () => {
  it('rewards are the KL penalty of each token with the score added at the last (reference)', () => {
    const combined = objectives.reduce((sum, objective) => sum + weights[objective] * score[objective], 0);
    assertNear(combined, reference.combinedScore);
    assertNear(tokenRewards(kl, klCoefficient, combined), reference.rewards);
  });

  it('the advantages of each objective are those of the reference', () => {
    assertNear(advantagesOf('helpful'), reference.advantagesHelpful);
    assertNear(advantagesOf('harmless'), reference.advantagesHarmless);
  });

  it('weighted by the client, advantages, values and returns are those of the reference', () => {
    const advantages = weightedSums(weights, {
      helpful: advantagesOf('helpful'),
      harmless: advantagesOf('harmless'),
    });
    const combinedValues = weightedSums(weights, values);
    assertNear(advantages, reference.advantages);
    assertNear(combinedValues, reference.combinedValues);
    assertNear(returnsOf(advantages, combinedValues), reference.returns);
  });

  it('combines: the advantage of the weighted sum is the weighted sum of the advantages', () => {
    fc.assert(
      fc.property(streams, ({ kl, values, score, weightHelpful, discount, lambda }) => {
        const weights: Weights = { helpful: weightHelpful, harmless: 1 - weightHelpful };
        const total = weights.helpful * score.helpful + weights.harmless * score.harmless;
        const ofSum = generalizedAdvantages(
          tokenRewards(kl, 0.05, total),
          weightedSums(weights, values),
          discount,
          lambda,
        );
        const [helpful, harmless] = objectives.map((objective) =>
          generalizedAdvantages(
            tokenRewards(kl, 0.05, score[objective]),
            values[objective],
            discount,
            lambda,
          ),
        ) as [Float64Array, Float64Array];
        assertNear(weightedSums(weights, { helpful, harmless }), ofSum, 1e-9);
      }),
    );
  });

  it('with λ 1 the return is the discounted sum of the rewards to come', () => {
    const advantages = generalizedAdvantages([1, 2, 3], [0.3, -4, 7], 0.5, 1);
    assertNear(returnsOf(advantages, [0.3, -4, 7]), [1 + 0.5 * 2 + 0.25 * 3, 2 + 0.5 * 3, 3], 1e-12);
  });

  it('with λ 0 the advantage is the temporal difference', () => {
    assertNear(generalizedAdvantages([1, 2], [0.5, 4], 0.9, 0), [1 + 0.9 * 4 - 0.5, 2 - 4], 1e-12);
  });
});
