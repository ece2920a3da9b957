import { protocol, type PartName } from '../../../machines/protocol.js';
import { sharedParts, type Method } from '../../strategies/methods/method.js';
import { InvariantViolation, type Checker } from './checker.js';

/**
 * What the method keeps local never crosses the bus: an upload holds the parts that its kind is there to carry,
 * each with parameters of the part's own kind, and nothing else.
 */
export function partialAggregation(method: Pick<Method, 'name' | 'tensors'>): Checker {
  return {
    onBus({ envelope: { id, from, message } }) {
      if (message.direction === 'down') return;
      const { carries, stage } = protocol[message.kind];
      const allowed: readonly PartName[] = carries === 'shared' ? sharedParts(method) : carries;
      for (const [part, { kind }] of Object.entries(message.params)) {
        const isReward = part === 'helpful' || part === 'harmless';
        if (allowed.some((name) => name === part) && kind === (isReward ? 'reward' : part)) continue;
        throw new InvariantViolation(
          'partial aggregation',
          `message ${id} of ${from}, a ${message.kind}, carries ${kind} parameters as ${part} in the ${stage} ` +
            `stage; ${method.name} shares ${allowed.length > 0 ? allowed.join(' and ') : 'nothing'} there`,
        );
      }
    },
  };
}
