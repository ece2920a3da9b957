import assert from 'node:assert/strict';
import { codecs } from '../../../src/strategies/compression/index.js';
import { messageBits } from '../../../src/radio/channel/message-bits.js';

describe('the size of a message', () => {
  it('follows from the header and from each parameter as it is compressed', () => {
    // shared reference payload.json: 36 adapters have 580968 parameters, 18.590976 Mbit.
    const params = [{ parameters: 580_960 }, { parameters: 8 }];
    assert.equal(messageBits(params, 0, codecs.none.make({})), 18_590_976);
    assert.equal(messageBits(params, 512, codecs.float16.make({})), 18_590_976 / 2 + 512);
    assert.equal(messageBits([], 512, codecs.none.make({})), 512);
  });
});
