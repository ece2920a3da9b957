import * as tf from '@tensorflow/tfjs';
import type { TokenTable } from '../../data/token-table.js';
import { computed, valuesOf } from '../../model/backend.js';
import { packRows } from '../../model/batch.js';
import { firstStates, headScores, type DistilBert } from '../../model/distilbert.js';
import { inPasses } from '../../model/reward-passes.js';
import { baseWeights, disposeWeights, upload } from '../../model/weights.js';
import type { ParamSet } from '../../params/param-set.js';
import { HeadTrainer } from '../head-trainer.js';
import { remembered, tableRows } from '../table-features.js';
import type { DistilBertShape } from '../task.js';
import type { DistilBertPart } from './distilbert.js';
import { trainHead } from './train-head.js';

/** Heads over one frozen backbone, which reads every pair once. */
export function headOverBackbone({ config }: DistilBertShape, backbone: ParamSet): DistilBertPart {
  const model: DistilBert = { config, weights: baseWeights(backbone), learns: false };
  const statesOfTable = (table: TokenTable) =>
    remembered(model.weights, table, () =>
      statesOf(
        model,
        tableRows(table).map(({ tokens }) => tokens),
      ),
    );
  return {
    train: (start, pairs, training) =>
      trainHead(
        new HeadTrainer(start, training.hyper, headScores),
        statesOfTable(pairs),
        pairs.count / 2,
        training,
      ),
    scoresOfPairs: (head, pairs) => readHead(head, statesOfTable(pairs), config.dim),
    readRows(rows) {
      const states = statesOf(model, rows);
      return (head) => readHead(head, states, config.dim);
    },
  };
}

/** States (B, C) of the rows' first tokens, one row after the other. */
function statesOf(model: DistilBert, rows: readonly Int32Array[]): Float32Array {
  const states = new Float32Array(rows.length * model.config.dim);
  let offset = 0;
  for (const pass of inPasses(rows, ({ length }) => length)) {
    states.set(
      computed(() => valuesOf(firstStates(model, packRows(pass))).slice()),
      offset,
    );
    offset += pass.length * model.config.dim;
  }
  return states;
}

function readHead(head: ParamSet, states: Float32Array, width: number): Float32Array {
  const weights = upload(head);
  try {
    return computed(() => {
      const x = tf.tensor2d(states, [states.length / width, width]);
      return valuesOf(headScores(weights, x)).slice();
    });
  } finally {
    disposeWeights(weights);
  }
}
