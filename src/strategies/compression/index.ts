import type { CodecStrategy } from './codec.js';
import { float16 } from './float16.js';
import { none } from './none.js';

/** By the name that a scenario's `channel.compression` gives. */
export const codecs = { none, float16 } as const satisfies Readonly<Record<string, CodecStrategy>>;
