import type { Download, Message, Upload } from '../../../machines/events.js';
import { isSentWith, protocol, type PartName } from '../../../machines/protocol.js';
import type { ParamKind } from '../../learning/params/param-set.js';
import { sharedParts, trainedParts, type Method } from '../../strategies/methods/method.js';
import { InvariantViolation, type Checker } from './checker.js';

type Known = Pick<Method, 'name' | 'tensors' | 'rewards'>;

/**
 * What the method keeps local never crosses the bus: an upload holds the parts that its kind is there to carry,
 * each with parameters of the part's own kind, and nothing else. And of what clients tune the server sends only
 * what it may have: the adapters that it made in Step 1.1, and LoRA where it is shared. Nor does anybody send a
 * message that is there for a reward model which the method lacks.
 */
export function partialAggregation(method: Known): Checker {
  return {
    onBus({ envelope: { id, from, message } }) {
      const what = `message ${id} of ${from}, a ${message.kind}`;
      if (!isSentWith(method.rewards, message.kind)) {
        throw violation(
          `${what}, is for a reward model that ${method.name} lacks; it has ${method.rewards.join()}`,
        );
      }
      const wrong = wrongIn(message, method);
      if (wrong === null) return;
      const { stage } = protocol[message.kind];
      throw violation(
        `${what}, carries ${wrong.carried} in the ${stage} stage; ` +
          `${method.name} shares ${wrong.allowed.length > 0 ? wrong.allowed.join(' and ') : 'nothing'} there`,
      );
    },
  };
}

const violation = (what: string) => new InvariantViolation('partial aggregation', what);

interface Wrong {
  readonly carried: string;
  readonly allowed: readonly PartName[];
}

function wrongIn(message: Message, method: Known): Wrong | null {
  if (message.direction === 'up') return wrongInUpload(message, method);
  return 'params' in message ? wrongInDownload(message, method) : null;
}

function wrongInUpload({ kind: messageKind, params }: Upload, method: Known): Wrong | null {
  const { carries } = protocol[messageKind];
  const allowed: readonly PartName[] = carries === 'shared' ? sharedParts(method) : carries;
  const wrong = Object.entries(params).find(([part, { kind }]) => {
    const isReward = part === 'helpful' || part === 'harmless';
    return !allowed.some((name) => name === part) || kind !== (isReward ? 'reward' : part);
  });
  return wrong ? { carried: `${wrong[1].kind} parameters as ${wrong[0]}`, allowed } : null;
}

function wrongInDownload({ params }: Download, method: Known): Wrong | null {
  const allowed: readonly ParamKind[] = [
    ...(['base', 'reward'] as const),
    ...trainedParts(method).filter((part) => part === 'adapters'),
    ...sharedParts(method),
  ];
  const wrong = params.find(({ kind }) => !allowed.includes(kind));
  return wrong ? { carried: `${wrong.kind} parameters`, allowed: sharedParts(method) } : null;
}
