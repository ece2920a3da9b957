import { rolesOf, type Role } from '../../learning/model/roles.js';
import type { Model } from '../../learning/model/settings.js';
import { slotOf } from '../../learning/model/slots.js';
import type { Method, PartRule, Schedule, Schedules, Slot, TuningStage } from './method.js';

/** Tensors of a slot that a method treats alike: what is trained, sent, held and averaged as one. */
export interface Part {
  /** The slot's name, with the roles of its tensors after a dot where the slot has several parts. */
  readonly name: string;
  readonly slot: Slot;
  readonly roles: readonly Role[];
  readonly train: Schedules;
  readonly share: Schedules;
}

/** A round of a stage that tunes; rounds count from 1. */
export interface Moment {
  readonly stage: TuningStage;
  readonly round: number;
  /** The stage ends after so many at the latest. */
  readonly rounds: number;
}

/** How many rounds stages have at most: of a scenario. */
export type Rounds = Readonly<Record<TuningStage, { readonly maxRounds: number }>>;

/** A round of a scenario's. */
export function momentAt(scenario: Rounds, stage: TuningStage, round: number): Moment {
  return { stage, round, rounds: scenario[stage].maxRounds };
}

type Slotted = Pick<Method, 'slots'>;

/** The parts of what a method tunes, in the order of its slots. */
export function partsOf({ slots }: Slotted): readonly Part[] {
  const parts = known.get(slots) ?? partsIn(slots);
  known.set(slots, parts);
  return parts;
}

/** They are asked for with every message. */
const known = new WeakMap<Slotted['slots'], readonly Part[]>();

function partsIn(slots: Slotted['slots']): readonly Part[] {
  return slots.flatMap((slot) =>
    slot.parts.map(({ roles, train, share }) => ({
      name: roles ? `${slot.name}.${roles.join('')}` : slot.name,
      slot,
      roles: roles ?? rolesOf[slot.kind],
      train,
      share,
    })),
  );
}

const isInFirstHalf = ({ round, rounds }: Moment) => round <= Math.ceil(rounds / 2);

const holds: Readonly<Record<Schedule, (moment: Moment) => boolean>> = {
  always: () => true,
  never: () => false,
  'odd-rounds': ({ round }) => round % 2 === 1,
  'even-rounds': ({ round }) => round % 2 === 0,
  'first-half': isInFirstHalf,
  'second-half': (moment) => !isInFirstHalf(moment),
};

/** Whether something is done in a round, or ever where no round is given. */
function isDone(schedules: Schedules, moment?: Moment): boolean {
  if (typeof schedules === 'string') return moment ? holds[schedules](moment) : schedules !== 'never';
  if (moment) return holds[schedules[moment.stage]](moment);
  return Object.values(schedules).some((schedule) => schedule !== 'never');
}

/** Names of the parts that clients tune in a round; without one, of those that they ever tune. */
export function trainedParts(method: Slotted, moment?: Moment): readonly string[] {
  return namesOf(partsOf(method).filter(({ train }) => isDone(train, moment)));
}

/** Names of the parts that travel after a round; without one, of those that ever do. */
export function sharedParts(method: Slotted, moment?: Moment): readonly string[] {
  return namesOf(partsOf(method).filter(({ share }) => isDone(share, moment)));
}

/** Names of the parts that travel in some round of a stage. */
export function sharedInStage(method: Slotted, stage: TuningStage): readonly string[] {
  return namesOf(partsOf(method).filter(({ share }) => inStage(share, { stage }) !== 'never'));
}

/** Whether clients tune a part later in the stage that they have not tuned in it up to now. */
export function awaitsParts(method: Slotted, moment: Moment): boolean {
  const isLater = ({ train }: Part) => inStage(train, moment) === 'second-half';
  return isInFirstHalf(moment) && moment.round < moment.rounds && partsOf(method).some(isLater);
}

const inStage = (schedules: Schedules, { stage }: Pick<Moment, 'stage'>) =>
  typeof schedules === 'string' ? schedules : schedules[stage];

/** Names of the parts that clients tune and that never leave them. */
export function privateParts(method: Slotted): readonly string[] {
  const shared = sharedParts(method);
  return trainedParts(method).filter((part) => !shared.includes(part));
}

/** The method with its private parts at rest: they stay in the model and are not tuned. */
export function resting(method: Method): Method {
  const isPrivate = ({ train, share }: PartRule) => isDone(train) && !isDone(share);
  const slots = method.slots.map((slot) => ({
    ...slot,
    parts: slot.parts.map((part) => (isPrivate(part) ? { ...part, train: 'never' as const } : part)),
  }));
  return { ...method, slots };
}

/** Names of the parts that the server makes (Step 1.1). */
export function serverParts(method: Slotted): readonly string[] {
  return namesOf(partsOf(method).filter(({ slot }) => slot.init === 'server'));
}

/** Whether clients have as many modules of a slot, and of such a rank, as Step 1.2 gives each. */
export function isByResources(
  { kind, modules }: Pick<Slot, 'kind' | 'modules'>,
  { model: { lora } }: { readonly model: { readonly lora: Pick<Model['lora'], 'sharedModules'> } },
): boolean {
  return kind === 'lora' && (modules === 'by-resources' || lora.sharedModules === 'by-resources');
}

/** The slot of a part; undefined where the part is of no slot. */
export function slotIn(method: Slotted, part: string): Slot | undefined {
  return method.slots.find(({ name }) => name === slotOf(part));
}

/** The parts of a model that are changes of its base, in the order in which they were made. */
export function changesIn(model: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(model).filter(isChange);
}

/** Whether a part is a change of the base that came of a slot. */
export const isChange = (part: string) => /\.change-\d+$/.test(part);

/** The name of the change that comes after those of a model. */
export function nextChange(model: Readonly<Record<string, unknown>>, slot: string): string {
  return `${slot}.change-${changesIn(model).length + 1}`;
}

const namesOf = (parts: readonly Part[]) => parts.map(({ name }) => name);
