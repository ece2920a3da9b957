import type { Link } from '../link.js';
import { packetErrorRate } from '../rate-policies/code.js';

/**
 * Probability that a packet is lost which ends at this time after so many seconds on the air: by the link's loss
 * probability, by the state of its bursts, or because one of its codewords errs.
 */
export function packetRisk(
  { lossProbability, bursts, policy, bandwidthHz }: Link,
  atSeconds: number,
  onAirSeconds: number,
): number {
  if (bursts === null && policy.code === null) return lossProbability;
  const burst = bursts === null ? 0 : bursts.path.isBad(atSeconds) ? bursts.lossBad : bursts.lossGood;
  const errs = policy.code === null ? 0 : packetErrorRate(policy.code, onAirSeconds * bandwidthHz);
  return 1 - (1 - lossProbability) * (1 - burst) * (1 - errs);
}
