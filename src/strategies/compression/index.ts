import { bfloat16 } from './bfloat16.js';
import type { CodecStrategy } from './codec.js';
import { flasc } from './flasc.js';
import { float16 } from './float16.js';
import { none } from './none.js';
import { powerSgd } from './power-sgd.js';
import { qsgd } from './qsgd.js';
import { quantized } from './quantized.js';
import { randomK } from './random-k.js';
import { sign } from './sign.js';
import { topK } from './top-k.js';

/** By the name that a scenario's `channel.compression` gives. */
export const codecs = {
  none,
  float16,
  bfloat16,
  quantized,
  qsgd,
  sign,
  'top-k': topK,
  'random-k': randomK,
  'power-sgd': powerSgd,
  flasc,
} as const satisfies Readonly<Record<string, CodecStrategy>>;
