import type { Download, Message, Upload } from '../../../machines/events.js';
import { isSentWith, protocol } from '../../../machines/protocol.js';
import type { ParamRef } from '../../learning/params/param-set.js';
import { hasRole } from '../../learning/model/roles.js';
import type { Method } from '../../strategies/methods/method.js';
import {
  momentAt,
  partsOf,
  serverParts,
  sharedParts,
  type Part,
  type Rounds,
} from '../../strategies/methods/parts.js';
import { InvariantViolation, type Checker } from './checker.js';

type Known = Pick<Method, 'name' | 'slots' | 'rewards'> & { readonly rounds: Rounds };

/**
 * What the method keeps local never crosses the bus: an upload holds the parts that its kind is there to carry in
 * its round, each with tensors of the part's own roles, and nothing else. And of what clients tune the server sends
 * only what it may have: what it made in Step 1.1, what is shared, and changes of the base. Nor does anybody send a message that is there
 * for a reward model which the method lacks.
 */
export function partialAggregation(of: Pick<Method, 'name' | 'slots' | 'rewards'>, rounds: Rounds): Checker {
  const method: Known = { ...of, rounds };
  /** What was found right once, and does not change on its way. */
  const passed = new WeakSet<Message>();
  return {
    onBus({ envelope: { id, from, message } }) {
      if (passed.has(message)) return;
      const what = `message ${id} of ${from}, a ${message.kind}`;
      if (!isSentWith(method.rewards, message.kind)) {
        throw violation(
          `${what}, is for a reward model that ${method.name} lacks; it has ${method.rewards.join()}`,
        );
      }
      const wrong = wrongIn(message, method);
      passed.add(message);
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
  readonly allowed: readonly string[];
}

function wrongIn(message: Message, method: Known): Wrong | null {
  if (message.direction === 'up') return wrongInUpload(message, method);
  return 'params' in message ? wrongInDownload(message, method) : null;
}

function wrongInUpload({ kind, params, answers }: Upload, method: Known): Wrong | null {
  const { carries, stage } = protocol[kind];
  if (carries !== 'shared') {
    const wrong = Object.entries(params).find(
      ([part, ref]) => ref.kind !== 'reward' || !carries.some((name) => name === part),
    );
    return wrong ? { carried: carriedAs(wrong), allowed: carries } : null;
  }
  const allowed = sharedParts(method, momentAt(method.rounds, stage, answers.version + 1));
  const parts = new Map(partsOf(method).map((part) => [part.name, part]));
  const wrong = Object.entries(params).find(
    ([name, ref]) => !allowed.includes(name) || !isOf(parts.get(name)!, ref),
  );
  return wrong ? { carried: carriedAs(wrong), allowed } : null;
}

function wrongInDownload({ params }: Download, method: Known): Wrong | null {
  const names = [...serverParts(method), ...sharedParts(method)];
  const parts = partsOf(method).filter(({ name }) => names.includes(name));
  const changes = method.slots.some(({ change }) => change !== undefined);
  const isFree = ({ kind }: ParamRef) =>
    kind === 'base' || kind === 'reward' || (kind === 'change' && changes);
  const wrong = params.find((ref) => !isFree(ref) && !parts.some((part) => isOf(part, ref)));
  return wrong ? { carried: `${wrong.kind} parameters`, allowed: sharedParts(method) } : null;
}

/** Whether all tensors of a set may be in a part. */
function isOf({ slot, roles }: Part, { kind, tensors }: ParamRef): boolean {
  return kind === slot.kind && tensors.every((name) => hasRole(name, roles));
}

const carriedAs = ([part, { kind }]: readonly [string, ParamRef]) => `${kind} parameters as ${part}`;
