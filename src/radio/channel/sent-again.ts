import type { Attempt } from './attempt.js';
import type { Link } from './link.js';
import { retransmissions } from './retransmission/index.js';

/** Whether another attempt follows attempt `number`, counted from 1. */
export function isSentAgain(
  { acknowledged, lost }: Attempt,
  number: number,
  { retransmission, maxTransmissions }: Link,
): boolean {
  const most = retransmissions[retransmission].maxTransmissions(maxTransmissions);
  return !acknowledged && lost !== 'timeout' && lost !== 'offline' && number < most;
}
