import type { Stage } from '../../machines/protocol.js';
import { UserError } from '../errors.js';
import { ratioOrNull, sum } from '../moments.js';
import { joulesOf } from '../records/energy/energy.js';
import { heldOut, metric } from '../records/held-out.js';
import type { Summary } from '../records/summary.js';
import { nearest } from '../settings/nearest.js';
import { shown } from '../settings/problem.js';
import type { Figure, RunFigures } from './figure.js';

/*
 * The figures of a run that runs are compared by, as one table. What they are of is computed in src/records.
 */

type Stages = Summary['stages'];
type KeyOf<S extends Stage> = keyof NonNullable<Stages[S]>;

/** A figure of a stage's summary, which may be measured after rounds under the name `name`. */
function inStage<S extends Stage>(stage: S, key: KeyOf<S> & string, name: string | null = key) {
  const { task } = heldOut[stage];
  return {
    ...(name === null ? {} : { measured: { task, pick: metric(name) } }),
    of: ({ stages }: RunFigures) => {
      const known = stages[stage] as Readonly<Record<string, unknown>> | null;
      return (known?.[key] as number | null | undefined) ?? null;
    },
  };
}

/** What a stage's rounds took. */
const roundsOf = (stage: Stage, number: number): readonly Figure[] => [
  {
    key: `${stage}Rounds`,
    head: `rounds, stage ${number}`,
    unit: 'none',
    better: 'lower',
    ...inStage(stage, 'rounds', null),
  },
  {
    key: `${stage}DelaySecondsPerRound`,
    head: `in transit per round, stage ${number}`,
    unit: 'seconds',
    better: 'lower',
    isMain: true,
    ...inStage(stage, 'delaySecondsPerRound', null),
  },
  {
    key: `${stage}EnergyJoulesPerRound`,
    head: `messages’ energy per round, stage ${number}`,
    unit: 'joules',
    better: 'lower',
    isMain: true,
    ...inStage(stage, 'energyJoulesPerRound', null),
  },
];

const ofInstruction: readonly Figure[] = [
  {
    key: 'accuracy',
    head: 'own accuracy',
    unit: 'share',
    better: 'higher',
    isMain: true,
    ...inStage('instruction', 'accuracy'),
  },
  {
    key: 'unseenAccuracy',
    head: 'unseen own prompts',
    unit: 'share',
    better: 'higher',
    ...inStage('instruction', 'unseenAccuracy'),
  },
  {
    key: 'factAccuracy',
    head: 'own facts',
    unit: 'share',
    better: 'higher',
    ...inStage('instruction', 'factAccuracy'),
  },
  {
    key: 'sharedAccuracy',
    head: 'shared',
    unit: 'share',
    better: 'higher',
    isMain: true,
    ...inStage('instruction', 'sharedAccuracy'),
  },
  {
    key: 'heldOutLoss',
    head: 'held-out loss',
    unit: 'nats',
    better: 'lower',
    isMain: true,
    ...inStage('instruction', 'heldOutLoss', 'loss'),
  },
  ...roundsOf('instruction', 1),
];

const ofReward: readonly Figure[] = [
  {
    key: 'helpfulAccuracy',
    head: 'helpful pairs',
    unit: 'share',
    better: 'higher',
    isMain: true,
    ...inStage('reward', 'helpfulAccuracy'),
  },
  {
    key: 'harmlessAccuracy',
    head: 'harmless pairs',
    unit: 'share',
    better: 'higher',
    isMain: true,
    ...inStage('reward', 'harmlessAccuracy'),
  },
  ...roundsOf('reward', 2),
];

const ofAlignment: readonly Figure[] = [
  {
    key: 'reward',
    head: 'reward',
    unit: 'none',
    better: 'higher',
    isMain: true,
    ...inStage('alignment', 'reward'),
  },
  {
    key: 'refusalRate',
    head: 'refusals',
    unit: 'share',
    better: 'higher',
    isMain: true,
    ...inStage('alignment', 'refusalRate'),
  },
  {
    key: 'correctness',
    head: 'correct',
    unit: 'share',
    better: 'higher',
    isMain: true,
    ...inStage('alignment', 'correctness'),
  },
  {
    key: 'klK1',
    head: 'KL divergence from its start',
    unit: 'nats',
    better: 'lower',
    ...inStage('alignment', 'klK1'),
  },
  ...roundsOf('alignment', 3),
];

const ofClients: readonly Figure[] = [
  {
    key: 'participation',
    head: 'evenness of taking part (Jain)',
    unit: 'none',
    better: 'higher',
    isMain: true,
    of: ({ fairness }) => fairness?.participation ?? null,
  },
  {
    key: 'accuracyEvenness',
    head: 'evenness of accuracy (Jain)',
    unit: 'none',
    better: 'higher',
    of: ({ fairness }) => fairness?.accuracy ?? null,
  },
  {
    key: 'worstDecileAccuracy',
    head: 'accuracy of the worst tenth',
    unit: 'share',
    better: 'higher',
    of: ({ fairness }) => fairness?.worstDecileAccuracy ?? null,
  },
];

const ofMessages: readonly Figure[] = [
  {
    key: 'virtualSeconds',
    head: 'virtual time',
    unit: 'seconds',
    better: 'lower',
    isMain: true,
    of: ({ virtualSeconds }) => virtualSeconds,
  },
  {
    key: 'bits',
    head: 'sent',
    unit: 'bits',
    better: 'lower',
    of: ({ messages }) => messages.bits,
  },
  {
    key: 'bitsPerRound',
    head: 'sent per round',
    unit: 'bits',
    better: 'lower',
    of: bitsPerRound,
  },
  {
    key: 'airBits',
    head: 'on the air',
    unit: 'bits',
    better: 'lower',
    isMain: true,
    of: ({ messages }) => messages.airBits,
  },
  {
    key: 'droppedShare',
    head: 'messages dropped',
    unit: 'share',
    better: 'lower',
    isMain: true,
    of: ({ messages }) => ratioOrNull(messages.dropped, messages.sent),
  },
  {
    key: 'energyJoules',
    head: 'energy of messages',
    unit: 'joules',
    better: 'lower',
    isMain: true,
    of: ({ messages }) => messages.energyJoules,
  },
  {
    key: 'deviceTransmitJoules',
    head: 'energy of devices’ sending',
    unit: 'joules',
    better: 'lower',
    of: ({ energy }) => energy?.total.devices.transmitJoules ?? null,
  },
  {
    key: 'deviceJoules',
    head: 'energy of devices, work too',
    unit: 'joules',
    better: 'lower',
    of: ({ energy }) => (energy ? joulesOf(energy.total.devices) : null),
  },
  {
    key: 'price',
    head: 'price of the traffic',
    unit: 'none',
    better: 'lower',
    of: ({ messages }) => messages.price,
  },
  {
    key: 'wallSeconds',
    head: 'real time',
    unit: 'seconds',
    better: 'lower',
    isOfMachine: true,
    of: ({ wallSeconds }) => wallSeconds ?? null,
  },
];

export const figures: readonly Figure[] = [
  ...ofInstruction,
  ...ofReward,
  ...ofAlignment,
  ...ofClients,
  ...ofMessages,
];

/** Over all rounds of all stages; null of a run that closed none. */
function bitsPerRound({ stages, roundBits }: RunFigures): number | null {
  const rounds = [stages.instruction, stages.reward, stages.alignment].map((stage) => stage?.rounds ?? 0);
  return ratioOrNull(roundBits, sum(rounds));
}

/** How the unit ends a key, which may be left out: "energy" is "energyJoules". */
const endings = ['', 'Joules', 'Seconds', 'Bits'];

/** The figure of this name. UserError, with those that there are, where none of `among` has it. */
export function figureNamed<F extends Pick<Figure, 'key'>>(
  option: string,
  name: string,
  among: readonly F[],
): F {
  const found = endings.flatMap((ending) => among.find(({ key }) => key === `${name}${ending}`) ?? [])[0];
  if (found !== undefined) return found;
  const keys = among.map(({ key }) => key);
  const [meant] = nearest(name, keys);
  const advice = meant === undefined ? '' : `; did you mean ${shown(meant)}?`;
  throw new UserError(`${option}: is ${shown(name)}, expected one of ${keys.join(', ')}${advice}`);
}
