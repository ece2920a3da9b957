/** The slack that Spinning Up and Stable-Baselines3 give the target before they stop. */
const slack = 1.5;

/**
 * True where a minibatch's approximate divergence from the policy that sampled says that this round has moved
 * far enough: above 1.5 times `targetKl`, both in nats per token. Never where the target is null.
 */
export function movedTooFar(approximateKl: number, targetKl: number | null): boolean {
  return targetKl !== null && approximateKl > slack * targetKl;
}
