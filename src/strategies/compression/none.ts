import type { Compression } from './index.js';

/** Parameters travel as the float32 that they are. */
export const none: Compression = { bitsPerParameter: 32, roundTrip: (set) => set };
