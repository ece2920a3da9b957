import { updateName } from '../../../machines/events.js';
import type { Hashes, Kept, KeptEvent, UnsettledHashes } from '../state-events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('commit on delivery');

/** What the link layer told the sender of an update's end. */
interface Outcome {
  readonly acknowledged: boolean;
  /** Whether the server has a part of an update that was given up. */
  readonly isPartial: boolean;
}

type State = Pick<Kept, 'memory' | 'residuals'>;

/**
 * State commits on delivery (decision D12). What a client's codecs and terms remember (its control variates among it)
 * changes as its link has an update acknowledged, and then to what that update said; an update that was given up
 * changes none of it. A residual goes along with the update that takes it, and comes back as what the update left out,
 * or as all of it where it was given up.
 */
export function commit(): Checker {
  const states = new Map<string, State>();
  const sent = new Map<string, UnsettledHashes>();
  const outcomes = new Map<string, Outcome>();

  const onKept = ({ actor, change, kept }: KeptEvent) => {
    const before = states.get(actor) ?? { memory: {}, residuals: {} };
    states.set(actor, { memory: kept.memory, residuals: kept.residuals });
    if (change.by === 'sending') {
      const { update, unsettled } = change;
      sent.set(`${actor}'s ${update}`, unsettled);
      checkMemory(`${actor} sent its ${update}`, kept, before.memory);
      return checkTaken(`${actor}'s ${update}`, before.residuals, kept.residuals, unsettled);
    }
    if (change.by !== 'settling') {
      checkMemory(`${actor}, by ${change.by}`, kept, before.memory);
      if (!isSame(kept.residuals, before.residuals)) fail(`${actor} owes something else, by ${change.by}`);
      return;
    }
    const name = `${actor}'s ${change.update}`;
    const unsettled = sent.get(name) ?? fail(`${name} was settled and never sent`);
    const outcome = outcomes.get(name) ?? fail(`${name} was settled before its link was done with it`);
    sent.delete(name);
    outcomes.delete(name);
    const news = outcome.acknowledged ? unsettled.memory : {};
    checkMemory(`${name} was ${outcome.acknowledged ? 'acknowledged' : 'given up'}`, kept, {
      ...before.memory,
      ...news,
    });
    checkOwed(name, before.residuals, kept.residuals, unsettled, outcome);
  };
  return {
    onBus(event) {
      const { from, message } = event.envelope;
      if (event.phase !== 'settled' || message.direction !== 'up') return;
      const name = `${from}'s ${updateName(message)}`;
      if (sent.has(name)) {
        outcomes.set(name, { acknowledged: event.acknowledged, isPartial: event.partial !== undefined });
      }
    },
    onState(event) {
      if (event.type === 'kept') onKept(event);
    },
  };
}

function checkMemory(what: string, { memory }: Kept, expected: Kept['memory']): void {
  for (const name of new Set([...Object.keys(memory), ...Object.keys(expected)])) {
    if (memory[name] !== expected[name])
      fail(`${what}: what it remembers of ${name} is not what it is to be`);
  }
}

/** What the update takes along is owed no more, and nothing else changes. */
function checkTaken(name: string, before: Hashes, now: Hashes, { dropped }: UnsettledHashes): void {
  for (const part of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const expected = part in dropped ? undefined : before[part];
    if (now[part] !== expected) fail(`${name} was sent: what is owed of ${part} is not what it is to be`);
  }
}

/** What a settled update leaves owed is added to what else is owed: of a sum the hash is known to nobody. */
function checkOwed(
  name: string,
  before: Hashes,
  now: Hashes,
  { delivered, dropped }: UnsettledHashes,
  { acknowledged, isPartial }: Outcome,
): void {
  const owed = acknowledged ? delivered : dropped;
  for (const part of new Set([...Object.keys(before), ...Object.keys(now), ...Object.keys(owed)])) {
    const isSum = before[part] !== undefined && owed[part] !== undefined;
    const isMixed = isPartial && owed[part] !== undefined;
    const isRight = isSum || isMixed ? now[part] !== undefined : now[part] === (owed[part] ?? before[part]);
    if (isRight) continue;
    fail(
      `${name} was ${acknowledged ? 'acknowledged' : 'given up'}: what is owed of ${part} is not what it is to be`,
    );
  }
}

function isSame(one: Hashes, other: Hashes): boolean {
  return [one, other].every((record) => Object.keys(record).every((part) => one[part] === other[part]));
}
