import type { TokenTable } from '../../data/token-table.js';
import { computed, valuesOf } from '../../model/backend.js';
import { packRows } from '../../model/batch.js';
import { readHead } from '../../model/head.js';
import { inPasses } from '../../model/passes.js';
import type { Weights } from '../../model/weights.js';
import { concatenated } from '../rollout.js';
import { remembered, tokenRows } from '../table-features.js';
import type { Network, PretrainedPart } from './pretrained.js';
import { trainHead } from './train-head.js';

/** Heads over one frozen backbone, which reads every pair once. */
export function headsOver(network: Network, backbone: Weights): PretrainedPart {
  const { head } = network;
  const statesOfTable = (table: TokenTable) =>
    remembered(backbone, 'states', table, () => statesOf(network, backbone, tokenRows(table)));
  return {
    train: (start, pairs, training) => trainHead(head, start, statesOfTable(pairs), training),
    scoresOfPairs: (set, pairs) => readHead(head, set, statesOfTable(pairs)),
    readRows(rows) {
      const states = statesOf(network, backbone, rows);
      return (set) => readHead(head, set, states);
    },
  };
}

/** States of rows (B, width), one row after the other. */
function statesOf(network: Network, backbone: Weights, rows: readonly Int32Array[]): Float32Array {
  const passes = inPasses(rows, ({ length }) => length);
  const states = passes.map((pass) =>
    computed(() => valuesOf(network.states(backbone, packRows(pass), false)).slice()),
  );
  return concatenated([new Float32Array(), ...states]);
}
