import { stream } from '../../../simulation/random/stream.js';
import type { Direction } from '../directions/settings.js';
import type { Fault } from './settings.js';

/** The message that faults are looked up for. */
export interface FaultScene {
  readonly seed: number;
  /** Id of the link, as in the keys of its other draws. */
  readonly link: string;
  /** Number of the client at one end, from 1. */
  readonly client: number;
  readonly direction: Direction;
  readonly kind: string;
  readonly step: string;
  readonly stage: string;
  readonly round: number;
  /** Which order on its round's model the message is of, where that is not the first. */
  readonly repeat?: number;
}

/** What the script does to one attempt. */
export interface AttemptFaults {
  /** `fault`: dropped; `corrupted`: to a failed checksum. Dropped goes first: nothing is left to check. */
  readonly lost: 'fault' | 'corrupted' | null;
  /** Product of the factors of "slow"; 1 where there is none. */
  readonly rateFactor: number;
}

/** What the script does to a message that arrives. */
export interface ArrivalFaults {
  /** Sum over "delay": the message arrives so much later. */
  readonly delaySeconds: number;
  /** A further copy each, so long after the message itself; rising. */
  readonly copiesAfterSeconds: readonly number[];
}

/** Virtual time from `fromSeconds` until just before `toSeconds`, which may be Infinity. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** JSON pointer, in a scenario, to the fault at this place of the script. */
export const faultPointer = (index: number) => `/channel/faults/${index}`;

/** The defaults that the schema's descriptions promise. */
const absent = { fromSeconds: 0, toSeconds: Infinity, probability: 1, delaySeconds: 1, factor: 0.1 };

/** What happens to an attempt, what to the arrival of a message; a blackout happens to the link. */
const onAttempts: ReadonlySet<Fault['effect']> = new Set(['drop', 'corrupt', 'slow'] as const);
const onArrivals: ReadonlySet<Fault['effect']> = new Set(['delay', 'duplicate'] as const);

/**
 * What the script does to attempt `attempt` (from 1) of a message, begun at `atSeconds` of virtual time. A
 * fault applies where all that it names agrees, its window holds the time, and its probability says so.
 */
export function attemptFaults(
  faults: readonly Fault[],
  scene: FaultScene,
  attempt: number,
  atSeconds: number,
): AttemptFaults {
  const hit = faults.filter(
    (fault, index) =>
      onAttempts.has(fault.effect) &&
      (fault.attempt === undefined || fault.attempt === attempt) &&
      matches(fault, scene, atSeconds) &&
      happens(fault, scene.seed, index, scene.link, ...keyOf(scene), attempt),
  );
  const has = (effect: Fault['effect']) => hit.some((fault) => fault.effect === effect);
  const slow = hit.filter(({ effect }) => effect === 'slow');
  return {
    lost: has('drop') ? 'fault' : has('corrupt') ? 'corrupted' : null,
    rateFactor: slow.reduce((product, { factor = absent.factor }) => product * factor, 1),
  };
}

/** What the script does to a message that would arrive at `atSeconds` of virtual time. */
export function arrivalFaults(faults: readonly Fault[], scene: FaultScene, atSeconds: number): ArrivalFaults {
  const hit = faults.filter(
    (fault, index) =>
      onArrivals.has(fault.effect) &&
      matches(fault, scene, atSeconds) &&
      happens(fault, scene.seed, index, scene.link, ...keyOf(scene), 'arrival'),
  );
  const secondsOf = (effect: Fault['effect']) =>
    hit
      .filter((fault) => fault.effect === effect)
      .map(({ delaySeconds = absent.delaySeconds }) => delaySeconds);
  return {
    delaySeconds: secondsOf('delay').reduce((sum, seconds) => sum + seconds, 0),
    copiesAfterSeconds: secondsOf('duplicate').sort((a, b) => a - b),
  };
}

/** A blackout of the script that a link has. */
export interface Blackout extends Span {
  /** Its place in the script. */
  readonly index: number;
  readonly fault: Fault;
}

/**
 * The blackouts of a link. One that names no client is everybody's; its probability is drawn once for each
 * link, not for each message.
 */
export function blackouts(
  faults: readonly Fault[],
  scene: Pick<FaultScene, 'client' | 'direction' | 'seed' | 'link'>,
): readonly Blackout[] {
  return faults.flatMap((fault, index) => {
    const isHere = fault.effect === 'blackout' && agrees(fault, scene, ofLinks);
    return isHere && happens(fault, scene.seed, index, scene.link)
      ? [{ index, fault, ...windowOf(fault) }]
      : [];
  });
}

/** Those that a message is held up by: a blackout that names messages is there for these alone. */
export function blackoutsOf(
  all: readonly Blackout[],
  message: Pick<FaultScene, 'kind' | 'step' | 'stage' | 'round'>,
): readonly Blackout[] {
  return all.filter(({ fault }) => agrees(fault, message, ofMessagesAlone));
}

/** When there is no signal: disjoint spans in order of time. */
export function silencesIn(some: readonly Blackout[]): readonly Span[] {
  return merged(some.map(({ fromSeconds, toSeconds }) => ({ fromSeconds, toSeconds })));
}

/** What an attempt lost to blackouts. */
export interface InBlackout {
  /** Of the attempt, those in which its link had no signal. */
  readonly blackoutSeconds: number;
  /** Places in the script of the blackouts that were to blame, rising. */
  readonly blackouts: readonly number[];
}

const inNone: InBlackout = { blackoutSeconds: 0, blackouts: [] };

export function inBlackout(some: readonly Blackout[], { fromSeconds, toSeconds }: Span): InBlackout {
  if (some.length === 0) return inNone;
  const shared = (span: Span) =>
    Math.max(0, Math.min(span.toSeconds, toSeconds) - Math.max(span.fromSeconds, fromSeconds));
  const indices = some.filter((span) => shared(span) > 0).map(({ index }) => index);
  return {
    blackoutSeconds: silencesIn(some).reduce((sum, span) => sum + shared(span), 0),
    blackouts: [...new Set(indices)].sort((a, b) => a - b),
  };
}

const ofLinks = ['client', 'direction'] as const;
const ofMessagesAlone = ['kind', 'step', 'stage', 'round'] as const;
const ofMessages = [...ofLinks, ...ofMessagesAlone] as const;

/** Whether all that a fault names of these properties is so. */
function agrees(
  fault: Fault,
  scene: Partial<FaultScene>,
  properties: readonly (typeof ofMessages)[number][],
): boolean {
  return properties.every((key) => fault[key] === undefined || fault[key] === scene[key]);
}

/** An attempt at a message, for the question of what it has to do with the script. */
export interface AttemptScene extends Span {
  /** From 1; null where it is not known, and counts as any. */
  readonly number: number | null;
  /** Whether the message arrives at `toSeconds`. */
  readonly arrives: boolean;
}

/** Whether a fault is about an attempt, its link's signal or its arrival, whatever its probability makes of it. */
export function isAbout(
  fault: Fault,
  scene: Omit<FaultScene, 'seed' | 'link'>,
  { number, arrives, fromSeconds, toSeconds }: AttemptScene,
): boolean {
  const { effect, attempt } = fault;
  if (onArrivals.has(effect)) return arrives && matches(fault, scene, toSeconds);
  if (onAttempts.has(effect)) {
    const isIts = attempt === undefined || number === null || attempt === number;
    return isIts && matches(fault, scene, fromSeconds);
  }
  const window = windowOf(fault);
  const overlaps = window.fromSeconds < toSeconds && fromSeconds < window.toSeconds;
  return overlaps && agrees(fault, scene, ofMessages);
}

function matches(fault: Fault, scene: Partial<FaultScene>, atSeconds: number): boolean {
  const { fromSeconds, toSeconds } = windowOf(fault);
  return atSeconds >= fromSeconds && atSeconds < toSeconds && agrees(fault, scene, ofMessages);
}

function windowOf({ fromSeconds = absent.fromSeconds, toSeconds = absent.toSeconds }: Fault): Span {
  return { fromSeconds, toSeconds };
}

/** What names a message among all of its link, in the keys of its draws (decision D3). */
export function keyOf(
  message: Pick<FaultScene, 'kind' | 'stage' | 'round' | 'repeat'>,
): readonly (string | number)[] {
  const { kind, stage, round, repeat } = message;
  return [kind, stage, round, ...(repeat === undefined ? [] : [repeat])];
}

function happens(
  { probability = absent.probability }: Fault,
  seed: number,
  index: number,
  ...key: readonly (string | number)[]
): boolean {
  return probability >= 1 || stream(seed, 'fault', index, ...key).uniform() < probability;
}

function merged(spans: readonly Span[]): readonly Span[] {
  const disjoint: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromSeconds - b.fromSeconds)) {
    const last = disjoint.at(-1);
    if (last === undefined || span.fromSeconds > last.toSeconds) disjoint.push(span);
    else if (span.toSeconds > last.toSeconds) {
      disjoint[disjoint.length - 1] = { fromSeconds: last.fromSeconds, toSeconds: span.toSeconds };
    }
  }
  return disjoint;
}
