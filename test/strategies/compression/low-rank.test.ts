import assert from 'node:assert/strict';
import { blank, type Memory } from '../../../src/learning/params/memory.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { factorized, multiplied, startOf } from '../../../src/strategies/compression/low-rank.js';
import { codecOf, difference, normals, squared, vector } from './sample-sets.js';

/** The sum of outer products u vᵀ of these. */
function ofRank(pairs: readonly (readonly [readonly number[], readonly number[]])[]): number[] {
  const [[u0, v0]] = pairs as [(typeof pairs)[0]];
  return u0.flatMap((_, i) => v0.map((_, j) => pairs.reduce((sum, [u, v]) => sum + u[i]! * v[j]!, 0)));
}

function restored(values: readonly number[], rows: number, columns: number, r: number): Float32Array {
  const start = startOf(undefined, columns, r, stream('start'));
  const made = new Float32Array(rows * columns);
  multiplied(factorized({ rows, columns, values }, start, r), r, made);
  return made;
}

const near = (found: ArrayLike<number>, expected: ArrayLike<number>) =>
  Array.from(expected).forEach((value, i) => {
    assert.ok(Math.abs(found[i]! - value) < 1e-5, `${i}: ${found[i]}, expected ${value}`);
  });

describe('PowerSGD', () => {
  it('is exact at full rank, and at the rank that the matrix has', () => {
    const full = [2, -1, 0, 3, 1, 1, -4, 2, 0.5, 0, 1, 7];
    near(restored(full, 3, 4, 3), full);
    const rankOne = ofRank([
      [
        [1, -2, 3],
        [0.5, 4, 0, -1],
      ],
    ]);
    near(restored(rankOne, 3, 4, 1), rankOne);
    // More columns than rank: those that depend on others become 0, and not noise.
    near(restored(rankOne, 3, 4, 3), rankOne);
  });

  it('has orthonormal columns in P', () => {
    const { p } = factorized(
      { rows: 12, columns: 5, values: normals('p').values.slice(0, 60) },
      startOf(undefined, 5, 3, stream('p')),
      3,
    );
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const product = Array.from({ length: 12 }, (_, i) => p[i * 3 + a]! * p[i * 3 + b]!);
        near([product.reduce((sum, each) => sum + each, 0)], [a === b ? 1 : 0]);
      }
    }
  });

  it('comes nearer from message to message where it starts from the Q before', () => {
    // Two directions, the first a little stronger: one step from a random Q mixes them.
    const values = ofRank([
      [
        [1, 1, 1, 1, 1, 1],
        [1, 0, 1, 0, 1, 0],
      ],
      [
        [1, -1, 1, -1, 1, -1],
        [0, 0.9, 0, 0.9, 0, 0.9],
      ],
    ]);
    const set = vector(values, [6, 6]);
    const codec = codecOf('power-sgd', { rank: 1 });
    const errors = (isWarm: boolean) => {
      let memory: Memory = blank;
      return Array.from({ length: 20 }, (_, message) => {
        const { bytes, memory: next } = codec.encode(set, isWarm ? memory : blank, stream('power', message));
        memory = next;
        return squared(difference(codec.decode(bytes, set), set));
      });
    };
    const [warm, cold] = [errors(true), errors(false)];
    // The best of rank one leaves the second singular value: 6 · 3 · 0.81.
    assert.ok(Math.abs(warm.at(-1)! - 14.58) < 0.05, `${warm.at(-1)}`);
    const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
    assert.ok(mean(warm.slice(10)) < mean(cold.slice(10)));
    warm.slice(1).forEach((error, i) => assert.ok(error <= warm[i]! + 1e-4));
  });

  it('sends vectors whole, and matrices that are no larger than their factors', () => {
    const set = vector([1, 2, 3, 4], [2, 2]);
    const codec = codecOf('power-sgd', { rank: 1 });
    const { bytes } = codec.encode(set, blank, stream(1));
    assert.deepEqual([...codec.decode(bytes, set).values], [1, 2, 3, 4]);
    const bias = vector([0.1, 0.2]);
    assert.deepEqual(
      [...codec.decode(codec.encode(bias, blank, stream(1)).bytes, bias).values],
      [...bias.values],
    );
  });

  it('draws anew a column of Q that a matrix of lower rank has lost', () => {
    const codec = codecOf('power-sgd', { rank: 2 });
    const nothing = vector(new Float32Array(36), [6, 6]);
    const { memory } = codec.encode(nothing, blank, stream('nothing'));
    assert.ok(memory.sets['q']!.values.every((value) => value === 0));
    const set = vector(
      ofRank([
        [
          [1, 2, 3, 4, 5, 6],
          [1, 1, 1, -1, -1, -1],
        ],
      ]),
      [6, 6],
    );
    near(codec.decode(codec.encode(set, memory, stream('anew')).bytes, set).values, set.values);
  });
});
