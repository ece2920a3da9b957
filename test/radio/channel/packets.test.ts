import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxPackets, packetsOf } from '../../../src/radio/channel/retransmission/packets.js';

const sizes = (bits: number, packetBits: number | null, header = 0) => {
  const { count, bitsOf } = packetsOf(bits, packetBits, header);
  return Array.from({ length: count }, (_, index) => bitsOf(index));
};

describe('the packets of a message', () => {
  it('are of one size but the last, which has what is left', () => {
    assert.deepEqual(sizes(2500, 1000), [1000, 1000, 500]);
    assert.deepEqual(sizes(2000, 1000), [1000, 1000]);
  });

  it('carry a header each, the last one too', () => {
    assert.deepEqual(sizes(2500, 1000, 40), [1040, 1040, 540]);
  });

  it('are the one message, without a header, where a scenario has none', () => {
    assert.deepEqual(sizes(2500, null, 40), [2500]);
  });

  it('are one for a message of no bits', () => {
    assert.deepEqual(sizes(0, 1000, 40), [40]);
    assert.deepEqual(sizes(0, null), [0]);
  });

  it('together carry the message and their headers, whatever the sizes', () => {
    const bits = fc.integer({ min: 0, max: 1_000_000 });
    const packetBits = fc.integer({ min: 1000, max: 2_000_000 });
    fc.assert(
      fc.property(bits, packetBits, fc.nat(500), (size, packet, header) => {
        const all = sizes(size, packet, header);
        assert.equal(
          all.reduce((sum, one) => sum + one, 0),
          size + all.length * header,
        );
        assert.ok(all.every((one) => one <= packet + header));
        assert.equal(all.length, Math.max(1, Math.ceil(size / packet)));
      }),
    );
  });

  it('refuse an impossible size, and a message that makes too many of them', () => {
    for (const bits of [-1, NaN, Infinity]) assert.throws(() => packetsOf(bits, 1000, 0), RangeError);
    for (const bits of [-1, NaN, Infinity]) assert.throws(() => packetsOf(bits, null, 0), RangeError);
    assert.equal(packetsOf(maxPackets, 1, 0).count, maxPackets);
    assert.throws(
      () => packetsOf(maxPackets + 1, 1, 0),
      /makes 4194305 packets of 1 bits, more than 4194304/,
    );
  });
});
