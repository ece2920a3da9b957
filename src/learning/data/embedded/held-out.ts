import type { Prompt } from '../types.js';

export type Use = 'train' | 'validation' | 'test';

/**
 * What a prompt may be used for, a function of its text alone (FNV-1a, 32 bits): of ten prompts about eight
 * train, one validates and one tests. So no training row, of pretraining or of any client, holds a prompt
 * that somebody is measured on, whatever the seed.
 */
export function useOf({ instruction, input }: Prompt): Use {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${instruction}\n${input}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  const share = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0) % 10;
  if (share === 0) return 'test';
  return share === 1 ? 'validation' : 'train';
}

const attempts = 10_000;

/** Repeats a draw until its prompt may be used so. RangeError where no prompt of that use seems to exist. */
export function drawFor<T extends Prompt>(use: Use, draw: () => T): T {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const drawn = draw();
    if (useOf(drawn) === use) return drawn;
  }
  throw new RangeError(`no prompt for ${use} in ${attempts} draws`);
}
