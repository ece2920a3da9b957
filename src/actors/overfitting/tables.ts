import type { Newcomer } from '../../learning/clients/population.js';
import type { TokenTable } from '../../learning/data/token-table.js';
import { rowsOf } from '../../learning/data/tokenize.js';
import type { Measurement } from '../../learning/training/measurement.js';
import { meanOrNull } from '../../moments.js';
import { stream } from '../../simulation/random/stream.js';
import { clientOf, type World } from '../world.js';

/** What a client's model is measured on: its training rows, everybody's test rows, and those of nobody. */
export function tablesFor(
  world: World,
  id: string,
  most: number | null,
): Readonly<Record<string, TokenTable>> {
  const { seed } = world.scenario;
  const { train, test } = clientOf(world, id).tables;
  return {
    train: someRows(train, most ?? test.count, seed, id, 'train'),
    ...(world.common && { common: someRows(world.common, most, seed, 'nobody', 'test') }),
    ...testTables(world, [...world.clients, ...world.newcomers], most),
  };
}

/** Test rows of some owners, at most so many of each. */
export function testTables(
  { scenario: { seed } }: World,
  owners: readonly (readonly [id: string, owner: Pick<Newcomer, 'tables'>])[],
  most: number | null,
): Readonly<Record<string, TokenTable>> {
  return Object.fromEntries(
    owners.map(([id, { tables }]) => [id, someRows(tables.test, most, seed, id, 'test')]),
  );
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

/** Means over some owners of what could be measured on their rows. */
export function meanOn(owners: readonly string[], on: Readonly<Record<string, Measurement>>): Measurement {
  const mean = (figure: keyof Measurement) => meanOrNull(owners.flatMap((owner) => on[owner]![figure] ?? []));
  return { loss: mean('loss'), accuracy: mean('accuracy'), contentAccuracy: mean('contentAccuracy') };
}
