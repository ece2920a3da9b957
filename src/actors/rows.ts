import type { UploadKind } from '../../machines/protocol.js';
import type { Client } from '../learning/clients/population.js';

const rowsOf: Readonly<Record<UploadKind, (client: Client) => number>> = {
  update: ({ data }) => data.train.length,
  'helpful-update': ({ tables }) => tables.pairs.helpful.train.count / 2,
  'harmless-update': ({ tables }) => tables.pairs.harmless.train.count / 2,
  'alignment-update': ({ data }) => data.train.length,
};

/** Training rows behind a client's update: instructions, or pairs of its objective (Steps 1.3 and 2.3). */
export function rowsBehind(kind: UploadKind, client: Client): number {
  return rowsOf[kind](client);
}
