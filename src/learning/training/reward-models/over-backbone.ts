import type * as tf from '@tensorflow/tfjs';
import type { TokenTable } from '../../data/token-table.js';
import { computed, valuesOf } from '../../model/backend.js';
import { packRows, type Batch } from '../../model/batch.js';
import { readHead, type Head } from '../../model/head.js';
import { inPasses } from '../../model/reward-passes.js';
import type { Weights } from '../../model/weights.js';
import { HeadTrainer } from '../head-trainer.js';
import { remembered, tableRows } from '../table-features.js';
import type { PretrainedPart } from './pretrained.js';
import { trainHead } from './train-head.js';

/** A frozen pre-trained network, and the head that reads it. */
export interface Backbone {
  readonly weights: Weights;
  readonly width: number;
  readonly head: Head;
  /** The state of each row that the head reads, (B, width), in the caller's tidy. */
  states(batch: Batch): tf.Tensor2D;
}

/** Heads over one frozen backbone, which reads every pair once. */
export function headsOver(backbone: Backbone): PretrainedPart {
  const { head, weights } = backbone;
  const statesOfTable = (table: TokenTable) =>
    remembered(weights, 'states', table, () =>
      statesOf(
        backbone,
        tableRows(table).map(({ tokens }) => tokens),
      ),
    );
  return {
    train: (start, pairs, training) =>
      trainHead(
        new HeadTrainer(head, start, training.hyper),
        statesOfTable(pairs),
        pairs.count / 2,
        training,
      ),
    scoresOfPairs: (set, pairs) => readHead(head, set, statesOfTable(pairs)),
    readRows(rows) {
      const states = statesOf(backbone, rows);
      return (set) => readHead(head, set, states);
    },
  };
}

/** States of rows (B, width), one row after the other. */
function statesOf({ width, ...backbone }: Backbone, rows: readonly Int32Array[]): Float32Array {
  const states = new Float32Array(rows.length * width);
  let offset = 0;
  for (const pass of inPasses(rows, ({ length }) => length)) {
    states.set(
      computed(() => valuesOf(backbone.states(packRows(pass))).slice()),
      offset,
    );
    offset += pass.length * width;
  }
  return states;
}
