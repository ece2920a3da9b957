import type { Upload } from '../../machines/events.js';
import type { Method } from '../methods/index.js';
import type { ParamKind, ParamRef } from '../params/param-set.js';
import { InvariantViolation, type Checker } from './checker.js';

/**
 * What the method keeps local never crosses the bus: an upload holds shared parts or reward models, nothing
 * else.
 */
export function partialAggregation({ name, shares }: Pick<Method, 'name' | 'shares'>): Checker {
  return {
    onBus({ envelope: { id, from, message } }) {
      if (!('rows' in message)) return;
      const allowed: readonly ParamKind[] = message.stage === 'reward' ? ['reward'] : shares;
      const stranger = carried(message).find(({ kind }) => !allowed.includes(kind));
      if (!stranger) return;
      throw new InvariantViolation(
        'partial aggregation',
        `message ${id} of ${from} carries ${stranger.kind} parameters in the ${message.stage} stage; ` +
          `${name} shares ${allowed.length > 0 ? allowed.join(' and ') : 'nothing'} there`,
      );
    },
  };
}

function carried({ params, shared }: Upload): readonly ParamRef[] {
  return [...params, ...Object.values(shared)];
}
