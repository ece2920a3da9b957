import { perObjective } from '../objective.js';
import type { ClientData, ThreeWaySplit } from './types.js';

/**
 * What several clients hold in one place. Their rows come in turns, one of each client, so that the first rows are of
 * all of them alike.
 */
export function pooled(id: string, clients: readonly ClientData[]): ClientData {
  const rows = <Row>(of: (client: ClientData) => readonly Row[]) => inTurns(clients.map(of));
  const splits = <Row>(of: (client: ClientData) => ThreeWaySplit<Row>): ThreeWaySplit<Row> => ({
    train: rows((client) => of(client).train),
    validation: rows((client) => of(client).validation),
    test: rows((client) => of(client).test),
  });
  return {
    id,
    ...splits((client) => client),
    shared: rows(({ shared }) => shared),
    pairs: perObjective((objective) => splits(({ pairs }) => pairs[objective])),
    prompts: { train: rows(({ prompts }) => prompts.train), test: rows(({ prompts }) => prompts.test) },
  };
}

/** The first of each list, then the second of each, and so on. */
function inTurns<Row>(lists: readonly (readonly Row[])[]): readonly Row[] {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}
