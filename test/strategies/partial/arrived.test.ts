import assert from 'node:assert/strict';
import type { Layout } from '../../../machines/events.js';
import { enough, namesByPart, wholeTensors } from '../../../src/strategies/partial/arrived.js';

const tensor = (part: string, name: string, parameters: number) => ({
  ...{ part, name, parameters },
  bits: 10 * parameters,
});

/** Header 30, order 10; then a in bits 40 to 100, b in 100 to 150, c in 150 to 300. */
const layout: Layout = {
  orderBits: 10,
  tensors: [tensor('lora', 'a', 6), tensor('adapters', 'b', 5), tensor('lora', 'c', 15)],
};
/** Packets 0 to 5 of 50 bits each: a lies in 0 and 1, b in 2, c in 3, 4 and 5. */
const cut = { headerBits: 30, packetBits: 50 };
const namesWithout = (...missing: number[]) => wholeTensors(layout, cut, missing).map(({ name }) => name);

describe('the tensors of an update of which packets are missing', () => {
  it('are those all of whose packets came, wherever they lie', () => {
    assert.deepEqual(namesWithout(), ['a', 'b', 'c']);
    assert.deepEqual(namesWithout(1), ['b', 'c']);
    assert.deepEqual(namesWithout(2), ['a', 'c']);
    assert.deepEqual(namesWithout(4), ['a', 'b']);
    assert.deepEqual(namesWithout(1, 2, 5), []);
  });

  it('are none where the packet is missing that has the header', () => {
    assert.deepEqual(namesWithout(0), []);
  });

  it('are none where what says the order is not whole', () => {
    const wide = { ...layout, orderBits: 30 };
    assert.deepEqual(wholeTensors(wide, cut, [1]), []);
    assert.equal(wholeTensors(wide, cut, [2]).length, 1);
  });

  it('share the packet in which one ends and the next one begins', () => {
    const packets = { headerBits: 30, packetBits: 70 };
    // a ends at bit 100, where b begins: packet 1 has bits 70 to 140 of both.
    assert.deepEqual(
      wholeTensors(layout, packets, [1]).map(({ name }) => name),
      ['c'],
    );
  });

  it('are used from a share of all parameters on, 11 of 26 here', () => {
    const arrived = wholeTensors(layout, cut, [4]);
    assert.equal(enough(arrived, layout, 11 / 26).length, 2);
    assert.equal(enough(arrived, layout, 12 / 26).length, 0);
    assert.deepEqual(namesByPart(arrived), { lora: ['a'], adapters: ['b'] });
  });
});
