import type { SharedPart, Upload } from '../../../machines/events.js';
import type { Method } from '../../strategies/methods/index.js';
import type { ParamKind, ParamRef } from '../../learning/params/param-set.js';
import { InvariantViolation, type Checker } from './checker.js';

/** What the updates that carry one reward model may hold, by the name of the part. */
const rewardParts: Readonly<Partial<Record<Upload['kind'], SharedPart>>> = {
  'helpful-update': 'helpful',
  'harmless-update': 'harmless',
};

/**
 * What the method keeps local never crosses the bus: an upload holds shared parts or one reward model, its
 * own, and nothing else.
 */
export function partialAggregation({ name, shares }: Pick<Method, 'name' | 'shares'>): Checker {
  return {
    onBus({ envelope: { id, from, message } }) {
      if (!('rows' in message)) return;
      const allowed: readonly ParamKind[] = message.stage === 'reward' ? ['reward'] : shares;
      const stranger = carried(message).find(({ kind }) => !allowed.includes(kind));
      if (stranger) {
        throw new InvariantViolation(
          'partial aggregation',
          `message ${id} of ${from} carries ${stranger.kind} parameters in the ${message.stage} stage; ` +
            `${name} shares ${allowed.length > 0 ? allowed.join(' and ') : 'nothing'} there`,
        );
      }
      const own = rewardParts[message.kind];
      const other = Object.keys(message.shared).find((part) => own !== undefined && part !== own);
      if (other === undefined && (own === undefined || message.params.length <= 1)) return;
      throw new InvariantViolation(
        'partial aggregation',
        `message ${id} of ${from}, a ${message.kind}, carries more than the ${own} reward model`,
      );
    },
  };
}

function carried({ params, shared }: Upload): readonly ParamRef[] {
  return [...params, ...Object.values(shared)];
}
