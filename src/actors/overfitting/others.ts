import type { ClientContext } from '../../../machines/client.js';
import { evaluateFlops } from '../../learning/clients/workload.js';
import { derived, type Figure, type Figures } from '../../learning/training/figure.js';
import type { Measurement } from '../../learning/training/measurement.js';
import type { TuningStage } from '../../strategies/methods/method.js';
import { measured } from '../measured.js';
import { required, tunedRefs, tunedSets } from '../tasks.js';
import type { World } from '../world.js';
import { meanOn, tablesFor } from './tables.js';

/** A moment at which clients are measured. */
export interface Occasion {
  readonly stage: TuningStage;
  readonly round: number;
  /** Before the first round of its stage, or after the last. */
  readonly isAtEnd: boolean;
}

/** A client's model on data that is not its own, where the scenario's `measure.others` asks for it. */
export function measureOthers(
  world: World,
  { id, model }: ClientContext,
  { stage, round, isAtEnd }: Occasion,
): void {
  const { others } = world.scenario.measure;
  if (others === null || !(isAtEnd || (others.every !== null && round % others.every === 0))) return;
  const tables = tablesFor(world, id, others.rows);
  measured<'generalize'>(
    world,
    id,
    stage,
    round,
    evaluateFlops(world.shape, Object.values(tables)),
    {
      kind: 'generalize',
      seed: '',
      hyper: {},
      params: {
        base: required(world, model.base, 'the base model'),
        tuned: tunedSets(world, tunedRefs(world, model)),
      },
      data: tables,
    },
    ({ metrics }) => overfittingFigures(id, [...world.clients.keys()], [...world.newcomers.keys()], metrics),
  );
}

/**
 * The figures of one client's model: on its training rows, on own, others' and nobody's test rows, the gaps between
 * them, and on each client's, by name. A mean over others is of their figures, each as much as the next.
 */
export function overfittingFigures(
  id: string,
  clients: readonly string[],
  newcomers: readonly string[],
  on: Readonly<Record<string, Measurement>>,
): Figures {
  const own = on[id]!;
  const train = on['train']!;
  const others = meanOn(
    clients.filter((client) => client !== id),
    on,
  );
  return {
    train,
    own,
    others,
    ...(on['common'] && { common: on['common'] }),
    ...(newcomers.length > 0 && { newcomers: meanOn(newcomers, on) }),
    generalizationGap: derived([train.accuracy, own.accuracy], (seen, unseen) => seen - unseen),
    personalizationGap: derived([own.accuracy, others.accuracy], (mine, theirs) => mine - theirs),
    ...byClient('accuracy', clients, on),
    ...byClient('loss', clients, on),
  };
}

function byClient(
  figure: keyof Measurement,
  clients: readonly string[],
  on: Readonly<Record<string, Measurement>>,
): Readonly<Record<string, Figure>> {
  return Object.fromEntries(clients.map((client) => [`${figure}/${client}`, on[client]![figure]]));
}
