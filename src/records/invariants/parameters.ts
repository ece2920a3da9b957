import { rewardParts, type Stage } from '../../../machines/protocol.js';
import type { Method } from '../../strategies/methods/method.js';
import { isChange, partsOf, sharedParts } from '../../strategies/methods/parts.js';
import type { Hashes, KeptChange, KeptEvent, PublishedEvent } from '../state-events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('parameters');

/** What a part may become: its hash, or whatever it is now. */
type Allowed = (part: string, before: string | null, now: string | null) => string | null;

const asItWas: Allowed = (_, before) => before;
/** What is not there yet may come. */
const madeOnce: Allowed = (_, before, now) => before ?? now;
const any: Allowed = (_, __, now) => now;

/**
 * What nothing is to change stays as it is, bit for bit. A client's model takes from a download what the method shares,
 * and what it lacks; of its own the rest stays. Training changes only what its stage trains, a crash brings back what
 * was there as the latest update left, and nothing else changes it. In the global model an aggregate changes only parts
 * that its updates held.
 */
export function parameters(method: Pick<Method, 'slots' | 'rewards'>): Checker {
  const models = new Map<string, Hashes>();
  const saved = new Map<string, Hashes>();
  const allowed = allowedBy(method);
  let global: Hashes = {};
  let held: ReadonlySet<string> = new Set();

  const onKept = ({ actor, change, kept: { model } }: KeptEvent) => {
    const isCrash = change.by === 'going-off' && change.crashed;
    const before = (isCrash ? saved : models).get(actor) ?? {};
    compare(`${actor}, by ${change.by}`, before, model, allowed.inClient(change));
    models.set(actor, model);
    if (change.by === 'start' || change.by === 'sending') saved.set(actor, model);
  };
  const onPublished = ({ by, stage, version, global: now }: PublishedEvent) => {
    const what = `the global model of ${stage} version ${version}, by ${by}`;
    compare(what, global, now, allowed.inGlobal(by, stage, held));
    global = now;
  };
  return {
    onState(event) {
      if (event.type === 'kept') onKept(event);
      if (event.type === 'published') onPublished(event);
    },
    onAggregate(updates) {
      held = new Set(updates.flatMap(({ params }) => Object.keys(params)));
    },
  };
}

function allowedBy(method: Pick<Method, 'slots' | 'rewards'>) {
  const tuned = partsOf(method);
  const names = tuned.map(({ name }) => name);
  const shared = ['base', ...sharedParts(method), ...rewardParts];
  /** They begin anew with each version. */
  const renewed = tuned.filter(({ slot }) => slot.change === 'whole').map(({ name }) => name);
  const judges: readonly string[] = rewardParts.filter((part) => !method.rewards.includes(part));
  const only =
    (parts: readonly string[]): Allowed =>
    (part, before, now) =>
      parts.includes(part) ? now : before;

  const inClient = (change: KeptChange): Allowed => {
    switch (change.by) {
      case 'start':
        return any;
      case 'design':
        return madeOnce;
      case 'download':
        return (part, before, now) => {
          if (renewed.includes(part)) return now;
          const sent = change.global[part] ?? null;
          return shared.includes(part) ? (sent ?? before) : (before ?? sent);
        };
      case 'training':
        return only(change.stage === 'reward' ? rewardParts : names);
      case 'freezing':
      case 'sending':
      case 'settling':
      case 'going-off':
        return asItWas;
    }
  };
  const inGlobal = (by: PublishedEvent['by'], stage: Stage, held: ReadonlySet<string>): Allowed => {
    if (by === 'start') return any;
    if (by === 'design') return madeOnce;
    if (by === 'stage') return asItWas;
    const made = only([...held, ...(stage === 'reward' ? judges : [])]);
    return (part, before, now) => (isChange(part) ? (before ?? now) : made(part, before, now));
  };
  return { inClient, inGlobal };
}

function compare(what: string, before: Hashes, now: Hashes, allowed: Allowed): void {
  for (const part of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before[part] ?? null, now[part] ?? null];
    const expected = allowed(part, was, is);
    if (is !== expected)
      fail(`${what}: ${part} is ${short(is)}, was ${short(was)}, expected ${short(expected)}`);
  }
}

const short = (hash: string | null) => hash?.slice(0, 12) ?? 'not there';
