import assert from 'node:assert/strict';
import { blank } from '../../../src/learning/params/memory.js';
import { sizeOf, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { expectedBitsByTensor, travelByTensor } from '../../../src/strategies/compression/by-tensor.js';
import type { CodecStrategy } from '../../../src/strategies/compression/codec.js';
import { codecs } from '../../../src/strategies/compression/index.js';
import { received, travel } from '../../../src/strategies/compression/travel.js';
import { codecOf, normals, type CodecName } from './sample-sets.js';

const table: Readonly<Record<string, CodecStrategy>> = codecs;
const names = (Object.keys(codecs) as CodecName[]).filter((name) => table[name]!.byTensor === true);
const set = normals('set');
const base = normals('base');
const residual = normals('residual', 0.1);
const feedback = (name: CodecName) => (name === 'none' ? {} : { delta: true, errorFeedback: true });

describe('a set that travels tensor by tensor', () => {
  it('can do so by every codec that treats each tensor alike, whatever stands beside it', () => {
    assert.deepEqual(names, ['none', 'float16', 'bfloat16', 'quantized', 'qsgd', 'sign']);
  });

  for (const name of names) {
    for (const options of [{}, feedback(name)]) {
      const codec = codecOf(name, options);
      const sender = () => ({ base, residual, memory: blank, draw: stream('draw') });

      it(`by ${name} ${JSON.stringify(options)} is bit for bit what travels as a whole`, () => {
        const [whole, apart] = [travel(codec, set, sender()), travelByTensor(codec, set, sender())];
        assert.deepEqual(apart.arrived, whole.arrived);
        assert.deepEqual(apart.residual, whole.residual);
      });

      it(`by ${name} ${JSON.stringify(options)} has bytes of which each tensor can be read by itself`, () => {
        const { bytes, bits, arrived } = travelByTensor(codec, set, sender());
        let at = 0;
        for (const [index, tensor] of [...tensorsOf(set)].entries()) {
          const own = bytes.slice(at, (at += bits[index]! / 8));
          const like: ParamSet = { kind: set.kind, tensors: [set.tensors[index]!], values: tensor.values };
          const start: ParamSet = { ...like, values: [...tensorsOf(base)][index]!.values };
          const read = received(codec, own, like, codec.delta ? start : null);
          assert.deepEqual([...read.values], [...[...tensorsOf(arrived)][index]!.values]);
        }
        assert.equal(at, bytes.byteLength);
      });

      it(`by ${name} ${JSON.stringify(options)} has bits that follow from the shapes`, () => {
        const { bytes, bits } = travelByTensor(codec, set, sender());
        assert.equal(expectedBitsByTensor(codec, set.tensors), 8 * bytes.byteLength);
        set.tensors.forEach((tensor, index) => {
          assert.equal(bits[index], codec.expectedBits(sizeOf(tensor.shape), [tensor]));
        });
      });
    }
  }

  it('travels whole, each tensor in a frame of 40 bits, where a change should and there is no base', () => {
    const sender = { base: null, residual: null, memory: blank, draw: stream('draw') };
    const { bits, arrived, residual } = travelByTensor(codecOf('sign'), set, sender);
    assert.deepEqual(bits, [40 + 32 * 60, 40 + 32 * 7, 40 + 32 * 36]);
    assert.deepEqual([...arrived.values], [...set.values]);
    assert.equal(residual, null);
  });
});
