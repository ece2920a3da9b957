import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/paths.js';

interface Judged {
  readonly loss: number;
  readonly clipFraction: number;
  readonly gradient: readonly number[];
}

/**
 * PPO's losses as TRL computes them on a padded batch, with gradients by automatic differentiation:
 * test/golden/ppo-losses.py. The padding is left out here.
 */
export const goldenLosses = JSON.parse(
  readFileSync(join(packageRoot(), 'test/golden/ppo-losses.json'), 'utf8'),
) as {
  readonly rewards: readonly number[];
  readonly whitenedRewards: readonly number[];
  readonly policy: {
    readonly clipRange: number;
    readonly logProb: readonly number[];
    readonly oldLogProb: readonly number[];
    readonly advantages: readonly number[];
    readonly expect: Judged & { readonly approximateKl: number; readonly ratio: number };
  };
  readonly value: {
    readonly clipRange: number;
    readonly values: readonly number[];
    readonly oldValues: readonly number[];
    readonly returns: readonly number[];
    readonly expect: Judged;
  };
};
