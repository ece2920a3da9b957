import assert from 'node:assert/strict';
import { drawToken, type Sampling } from '../../../src/learning/model/sampling.js';
import { stream } from '../../../src/simulation/random/stream.js';

const scores = Float32Array.of(Math.log(4), Math.log(1), Math.log(3), Math.log(2));
const draws = 4000;

/** How often each token comes, of `draws`. */
function shares(sampling: Sampling, of = scores): number[] {
  const counts = new Array<number>(of.length).fill(0);
  for (let i = 0; i < draws; i++) counts[drawToken(of, sampling, stream('sampling.test', i))]!++;
  return counts.map((count) => count / draws);
}

/** Within four standard errors of a share. */
function assertShares(got: readonly number[], expected: readonly number[]): void {
  expected.forEach((share, token) => {
    const error = Math.sqrt((share * (1 - share)) / draws);
    assert.ok(Math.abs(got[token]! - share) <= 4 * error, `token ${token}: ${got[token]}, not ${share}`);
  });
}

describe('drawToken', () => {
  it('draws by softmax(scores / temperature)', () => {
    assertShares(shares({ temperature: 1 }), [0.4, 0.1, 0.3, 0.2]);
    assertShares(shares({ temperature: 0.5 }), [16 / 30, 1 / 30, 9 / 30, 4 / 30]);
  });

  it('takes the likeliest token at temperature 0, the first one of equals', () => {
    assert.equal(drawToken(Float32Array.of(1, 3, 3), { temperature: 0 }, stream('unused')), 1);
  });

  it('draws among the topK likeliest only, and those equal to the last of them', () => {
    assertShares(shares({ temperature: 1, topK: 2 }), [4 / 7, 0, 3 / 7, 0]);
    assertShares(shares({ temperature: 1, topK: 2 }, Float32Array.of(0, 1, 0, -1)), [
      1 / (2 + Math.E),
      Math.E / (2 + Math.E),
      1 / (2 + Math.E),
      0,
    ]);
    assertShares(shares({ temperature: 1, topK: 9 }), [0.4, 0.1, 0.3, 0.2]);
  });

  it('draws among the fewest tokens whose shares reach topP only', () => {
    assertShares(shares({ temperature: 1, topP: 0.65 }), [4 / 7, 0, 3 / 7, 0]);
    assertShares(shares({ temperature: 1, topP: 0.75 }), [4 / 9, 0, 3 / 9, 2 / 9]);
    assert.deepEqual(shares({ temperature: 1, topP: 0.01 }), [1, 0, 0, 0]);
  });

  it('applies topP to what topK leaves', () => {
    // The shares are 4/7 and 3/7: the first alone reaches a half.
    assert.deepEqual(shares({ temperature: 1, topK: 2, topP: 0.5 }), [1, 0, 0, 0]);
  });

  it('refuses scores of which one is NaN or infinite, at any temperature', () => {
    for (const temperature of [0, 1]) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        assert.throws(() => drawToken(Float32Array.of(1, bad, 2), { temperature }, stream('refused')), {
          name: 'RangeError',
          message: new RegExp(`^the score of token 1 is ${bad}, expected a finite number`),
        });
      }
    }
  });

  it('gives the same token for the same stream', () => {
    const once = () => drawToken(scores, { temperature: 1 }, stream('same'));
    assert.equal(once(), once());
  });
});
