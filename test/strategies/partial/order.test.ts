import assert from 'node:assert/strict';
import { laidOut, orderBits, type OrderName, type Placed } from '../../../src/strategies/partial/order.js';

const tensor = (name: string, values: readonly number[], start: readonly number[] | null): Placed => ({
  ...{ part: 'lora', name, parameters: values.length, bits: 32 * values.length },
  values: Float32Array.from(values),
  start: start && Float32Array.from(start),
});

/** ‖w − w₀‖, ‖w‖ and √d: 5, 10 and √2; 4, 4 and 2; 0, 1 and 1; 3, 5 and √2. */
const tensors = [
  tensor('a', [6, 8], [3, 4]),
  tensor('b', [2, 2, 2, 2], [0, 0, 0, 0]),
  tensor('c', [1], [1]),
  tensor('d', [3, 4], [0, 4]),
];
const names = (order: OrderName, of: readonly Placed[] = tensors) =>
  laidOut(of, order)
    .tensors.map(({ name }) => name)
    .join('');

describe('the order of tensors in an update', () => {
  it('is that of the model where it is given, and no bits say so', () => {
    assert.equal(names('given'), 'abcd');
    assert.equal(laidOut(tensors, 'given').orderBits, 0);
  });

  it('begins with the greatest change relative to the tensor: 1, 3/5, 1/2, 0', () => {
    assert.equal(names('relative-change'), 'bdac');
  });

  it('begins with the greatest change of a value: 5/√2, 3/√2, 2, 0', () => {
    assert.equal(names('change-per-value'), 'adbc');
  });

  it('counts all of a tensor that had no start as its change, and nothing of one that is zero', () => {
    const fresh = [tensor('zero', [0], [0]), tensor('old', [4], [3]), tensor('new', [4], null)];
    assert.equal(laidOut(fresh, 'relative-change').tensors[0]!.name, 'new');
    assert.equal(laidOut(fresh, 'relative-change').tensors[2]!.name, 'zero');
  });

  it('leaves equals as they are', () => {
    assert.equal(names('relative-change', [tensor('x', [1], [0]), tensor('y', [2], [0])]), 'xy');
  });

  it('takes a number for each tensor, in whole bytes: 4 of 2 bits one, 5 of 3 bits two', () => {
    assert.equal(orderBits('relative-change', 4), 8);
    assert.equal(orderBits('change-per-value', 5), 16);
    assert.equal(orderBits('relative-change', 1), 0);
  });
});
