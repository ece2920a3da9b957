import { streams, type Stream } from '../../../simulation/random/stream.js';
import type { GainLaw } from '../fading/fading.js';
import { SegmentedPath, type GainPath } from './gain-path.js';

/** Few, as a message begins and ends in the middle of a segment; what is drawn beyond it is rarely asked for. */
const blocks = 32;

/**
 * Values that have nothing in common from block to block, all of one law: those of a segment come from a stream of
 * its own, keyed by what they are for, the link and the segment.
 */
export function independentPath(
  law: Pick<GainLaw, 'draw'>,
  { seed, purpose, link }: { readonly seed: number; readonly purpose: string; readonly link: string },
): GainPath {
  const streamOf = streams(seed, purpose, link);
  return new SegmentedPath((segment, values) => drawAll(law, streamOf(segment), values), blocks);
}

function drawAll(law: Pick<GainLaw, 'draw'>, from: Stream, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) values[k] = law.draw(from);
}
