import type { ClientContext } from '../../../machines/client.js';
import { evaluateFlops } from '../../learning/clients/workload.js';
import type { TokenTable } from '../../learning/data/token-table.js';
import { rowsOf } from '../../learning/data/tokenize.js';
import { derived, type Figure } from '../../learning/training/figure.js';
import type { Measurement } from '../../learning/training/measurement.js';
import { meanOrNull } from '../../moments.js';
import { stream } from '../../simulation/random/stream.js';
import type { TuningStage } from '../../strategies/methods/method.js';
import type { Figures } from '../figures.js';
import { measured } from '../measured.js';
import { required, tunedRefs, tunedSets } from '../tasks.js';
import { clientOf, type World } from '../world.js';

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

/** What a client's model is measured on: its training rows, every client's test rows, and those of nobody. */
function tablesFor(world: World, id: string, most: number | null): Readonly<Record<string, TokenTable>> {
  const { seed } = world.scenario;
  const { train, test } = clientOf(world, id).tables;
  const some = (table: TokenTable, owner: string, use: string, count: number | null) =>
    someRows(table, count, seed, owner, use);
  return {
    train: some(train, id, 'train', most ?? test.count),
    ...(world.common && { common: some(world.common, 'nobody', 'test', most) }),
    ...Object.fromEntries(
      [...world.clients, ...world.newcomers].map(([owner, { tables }]) => [owner, some(tables.test, owner, 'test', most)]),
    ),
  };
}

/** Rows of a table, drawn by its owner and its use alone: everybody is measured on the same. */
function someRows(
  table: TokenTable,
  most: number | null,
  seed: number,
  owner: string,
  use: string,
): TokenTable {
  if (most === null || table.count <= most) return table;
  const rows = Array.from({ length: table.count }, (_, row) => row);
  const drawn = stream(seed, 'measured rows', owner, use).shuffle(rows).slice(0, most);
  return rowsOf(
    table,
    drawn.sort((a, b) => a - b),
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
  const others = meanOf(
    clients.filter((client) => client !== id),
    on,
  );
  return {
    train,
    own,
    others,
    ...(on['common'] && { common: on['common'] }),
    ...(newcomers.length > 0 && { newcomers: meanOf(newcomers, on) }),
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

/** Means over some owners of what could be measured on their rows. */
function meanOf(owners: readonly string[], on: Readonly<Record<string, Measurement>>): Measurement {
  const mean = (figure: keyof Measurement) => meanOrNull(owners.flatMap((owner) => on[owner]![figure] ?? []));
  return { loss: mean('loss'), accuracy: mean('accuracy'), contentAccuracy: mean('contentAccuracy') };
}
