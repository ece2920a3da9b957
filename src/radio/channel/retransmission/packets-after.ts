import { inBoth } from './packets.js';

/** Packets of a message around an attempt, each list of indices from 0 and rising. */
export interface PacketsAfter {
  /** Those that it began with: all that the sender believed to be missing. */
  readonly sent: readonly number[];
  /** Those that the recipient lacked before it. */
  readonly missingBefore: readonly number[];
  /**
   * Those that it lacks after it. Packets that were whole before an attempt ran out of time have come, though the
   * attempt as a whole counts as lost.
   */
  readonly missing: readonly number[];
  /** Those that the sender believes to be missing once it has, or has not, heard of them. */
  readonly unacknowledged: readonly number[];
}

/** After an attempt that did not bring `lost`; `isHeard`: its sender hears of what it brought. */
export function packetsAfter(
  sent: readonly number[],
  missingBefore: readonly number[],
  lost: readonly number[],
  isHeard: boolean,
): PacketsAfter {
  const missing = inBoth(missingBefore, lost);
  return { sent, missingBefore, missing, unacknowledged: isHeard ? missing : sent };
}

/** Of an attempt of which only the first `share` of the packets was on the air; its sender hears of none of them. */
export function cutPackets({ sent, missingBefore, missing }: PacketsAfter, share: number): PacketsAfter {
  const whole = new Set(sent.slice(0, Math.floor(share * sent.length)));
  const lost = new Set(missing);
  return {
    sent,
    missingBefore,
    missing: missingBefore.filter((packet) => lost.has(packet) || !whole.has(packet)),
    unacknowledged: sent,
  };
}
