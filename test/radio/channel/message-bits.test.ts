import assert from 'node:assert/strict';
import { messageBits } from '../../../src/radio/channel/message-bits.js';
import { codecOf } from '../../strategies/compression/sample-sets.js';

describe('the size of a message', () => {
  it('follows from the header and from each parameter as it is compressed', () => {
    // shared reference payload.json: 36 adapters have 580968 parameters, 18.590976 Mbit.
    const encoded = (name: 'none' | 'float16') =>
      [580_960, 8].map((parameters) => ({
        kind: 'adapters' as const,
        encodedBits: codecOf(name).expectedBits(parameters),
      }));
    assert.equal(messageBits(encoded('none'), 0), 18_590_976);
    assert.equal(messageBits(encoded('float16'), 512), 18_590_976 / 2 + 512);
    assert.equal(messageBits([], 512), 512);
  });

  it('is nothing that is guessed: what no codec has encoded does not travel', () => {
    assert.throws(
      () => messageBits([{ kind: 'lora' }], 0),
      /lora parameters travel that no codec has encoded/,
    );
  });
});
