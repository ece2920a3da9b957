import assert from 'node:assert/strict';
import { OwnHeap } from '../../../src/learning/model/kernels/heap.js';
import { stream } from '../../../src/simulation/random/stream.js';

/** Kernels on plain numbers; inside layers they are held to automatic differentiation (layers.test.ts). */
describe('compiled kernels', () => {
  const heap = new OwnHeap();
  const { compiled } = heap;
  const draws = stream('kernels.test');
  const normals = (count: number, scale = 1) =>
    Float32Array.from({ length: count }, () => scale * draws.normal());

  /** Runs a kernel on arrays, which it reads and writes in a copy; gives what then stands in each. */
  function run(arrays: readonly Float32Array[], kernel: (...addresses: number[]) => void): Float32Array[] {
    const addresses = arrays.map(({ byteLength }) => heap.allocate(byteLength));
    arrays.forEach((array, i) => new Float32Array(heap.memory.buffer, addresses[i], array.length).set(array));
    kernel(...addresses);
    const results = arrays.map((array, i) =>
      new Float32Array(heap.memory.buffer, addresses[i], array.length).slice(),
    );
    addresses.forEach((address) => heap.free(address));
    return results;
  }

  it('use memory again that was freed, in whatever order', () => {
    const [first, second, third] = [heap.allocate(20), heap.allocate(4), heap.allocate(100)];
    assert.equal(new Set([first, second, third]).size, 3);
    heap.free(second);
    heap.free(third);
    assert.equal(heap.allocate(8), second);
    heap.free(first);
    heap.free(second);
    assert.equal(heap.allocate(1), first);
    heap.free(first);
  });

  for (const [m, n, k] of [
    [4, 8, 5],
    [7, 19, 3],
    [1, 10, 6],
    [2, 45, 3],
    [9, 3, 4],
    [5, 6, 1],
  ] as const) {
    for (const adds of [false, true]) {
      it(`product (${m}, ${k}) · (${k}, ${n})${adds ? ', added' : ''}, is the sum of its terms`, () => {
        const [a, b, c] = [normals(m * k), normals(k * n), normals(m * n)];
        for (const [rowA, columnA] of [
          [k, 1],
          [1, m],
        ] as const) {
          const got = run([a, b, c], (a, b, c) =>
            compiled.product(m, n, k, 0.5, a, rowA, columnA, b, n, c, n, Number(adds)),
          )[2]!;
          got.forEach((value, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            let sum = adds ? c[at]! : 0;
            for (let x = 0; x < k; x++) sum += 0.5 * a[i * rowA + x * columnA]! * b[x * n + j]!;
            assert.ok(Math.abs(value - sum) < 1e-5 * (1 + Math.abs(sum)), `${i}, ${j}: ${value}, not ${sum}`);
          });
        }
      });
    }
  }

  it('gelu is x · sigmoid(2u) to 4e-7 of 1 + |x|, from -30 to 30', () => {
    const x = Float32Array.from({ length: 6001 }, (_, i) => (i - 3000) / 100);
    const empty = new Float32Array(x.length);
    const [, y] = run([x, empty, empty], (x, y, gate) => compiled.gelu(x, y, gate, empty.length));
    y!.forEach((value, i) => {
      const u = Math.sqrt(2 / Math.PI) * (x[i]! + 0.044715 * x[i]! ** 3);
      const expected = x[i]! / (1 + Math.exp(-2 * u));
      assert.ok(Math.abs(value - expected) <= 4e-7 * (1 + Math.abs(x[i]!)), `${x[i]}: ${value}`);
    });
  });

  it('exactGelu gives the values of x Φ(x) in tables of the normal distribution', () => {
    // Φ(x) of Abramowitz and Stegun 1964, table 26.1.
    const table = [
      [0, 0.5],
      [0.5, 0.691462461274013],
      [1, 0.841344746068543],
      [1.5, 0.933192798731142],
      [2, 0.977249868051821],
      [3, 0.99865010196837],
    ] as const;
    const x = Float32Array.from(table.flatMap(([x]) => [x, -x]));
    const empty = new Float32Array(x.length);
    const [, y] = run([x, empty, empty], (x, y, gate) => compiled.exactGelu(x, y, gate, empty.length));
    table.forEach(([x, share], i) => {
      assert.ok(Math.abs(y![2 * i]! - x * share) < 5e-7, `${x}: ${y![2 * i]}`);
      assert.ok(Math.abs(y![2 * i + 1]! + x * (1 - share)) < 5e-7, `${-x}: ${y![2 * i + 1]}`);
    });
  });

  it('logSoftmaxAt stays finite for scores that differ by hundreds', () => {
    const scores = Float32Array.of(500, 0, -500, 1000, 999, -1000);
    const ids = new Float32Array(Int32Array.of(1, 1).buffer);
    const [, , logProbs] = run(
      [scores, ids, new Float32Array(2), new Float32Array(2)],
      (scores, ids, to, sums) => compiled.logSoftmaxAt(scores, ids, to, sums, 2, 3),
    );
    assert.ok(Math.abs(logProbs![0]! + 500) < 1e-3);
    assert.ok(Math.abs(logProbs![1]! + 1 + Math.log1p(Math.exp(-1))) < 1e-3);
  });
});
