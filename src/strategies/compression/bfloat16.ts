import { narrowBfloat16, widenBfloat16 } from '../../learning/params/half-floats.js';
import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec } from './coding.js';
import { halves } from './halves.js';
import { lossy } from './own-options.js';

/** Parameters travel as the upper half of a float32: all of its range, 8 bits of its precision. */
export const bfloat16 = codec({
  name: 'bfloat16',
  description: 'every parameter rounded to bfloat16, 16 bits',
  byTensor: true,
  options: closed(lossy({ delta: false })),
  make: ({ direction: _, ...options }) => framedCodec(halves(narrowBfloat16, widenBfloat16, 1), options),
});
