import { ratioOrNull, sum } from '../../moments.js';
import type { TokenTable } from '../data/token-table.js';
import { computed, valuesOf } from '../model/backend.js';
import type { Gpt } from '../model/gpt.js';
import { withModel } from '../model/gradients.js';
import { inPieces, logits, logProbsOfScores } from '../model/log-probs.js';
import { inPasses, readAtOnce } from '../model/passes.js';
import { readStates } from '../model/read-states.js';
import type { TunedSets } from '../model/slots.js';
import { baseWeights, type Weights } from '../model/weights.js';
import { responseBatch, tableRow } from './batches.js';
import type { Measurement } from './measurement.js';
import type { TaskFunction } from './task.js';
import type { ModelShape } from '../model/model-shape.js';

/** Measures a client's model on its own test rows and on what only others were taught; changes nothing. */
export const evaluate: TaskFunction<'evaluate'> = ({ model, params, data, hyper }) => {
  const base = baseWeights(params.base);
  const facts = new Set(hyper.facts);
  const rows = countRows(model, base, params.tuned, data.test);
  const own = measurementOf(rows);
  const metrics = {
    loss: own.loss,
    accuracy: own.accuracy,
    factAccuracy: measurementOf(rows.filter((_, row) => facts.has(row))).contentAccuracy,
    unseenAccuracy: measurementOf(rows.filter((_, row) => !facts.has(row))).contentAccuracy,
    sharedAccuracy: measure(model, base, params.tuned, data.shared).contentAccuracy,
  };
  return Promise.resolve({ output: {}, metrics });
};

/** What teacher forcing tells of one row: how many tokens, how many of them right, their losses' sum. */
interface RowCounts {
  readonly tokens: number;
  readonly loss: number;
  readonly right: number;
  readonly content: number;
  readonly contentRight: number;
}

const batchSize = 32;

export function measure(shape: ModelShape, base: Weights, tuned: TunedSets, table: TokenTable): Measurement {
  return measurementOf(countRows(shape, base, tuned, table));
}

function measurementOf(rows: readonly RowCounts[]): Measurement {
  const total = (key: keyof RowCounts) => sum(rows.map((row) => row[key]));
  return {
    loss: ratioOrNull(total('loss'), total('tokens')),
    accuracy: ratioOrNull(total('right'), total('tokens')),
    contentAccuracy: ratioOrNull(total('contentRight'), total('content')),
  };
}

/** One pass over a table. */
function countRows(shape: ModelShape, base: Weights, tuned: TunedSets, table: TokenTable): RowCounts[] {
  return withModel(shape, base, tuned, (model) =>
    inPasses([...Array(table.count).keys()], (index) => tableRow(table, index).tokens.length, {
      tokens: readAtOnce(shape.config),
      rows: batchSize,
    }).flatMap((indices) => countBatch(model, table, indices)),
  );
}

function countBatch(model: Gpt, table: TokenTable, indices: readonly number[]): RowCounts[] {
  const { batch, targets } = responseBatch(table, indices);
  const { logProbs, isRight } = computed(() => {
    const logProbs = new Float64Array(targets.ids.length);
    const isRight: boolean[] = [];
    inPieces(model, readStates(model, batch, targets.at), ({ hidden, from, to }) => {
      const ids = targets.ids.slice(from, to);
      const scores = logits(model, hidden);
      logProbs.set(valuesOf(logProbsOfScores(scores, ids)), from);
      const values = valuesOf(scores);
      ids.forEach((id, m) => isRight.push(isLikeliest(values, m, id, model.shape.config.vocab_size)));
    });
    return { logProbs, isRight };
  });
  return indices.map((index, b) => {
    const counts = { tokens: 0, loss: 0, right: 0, content: 0, contentRight: 0 };
    const { response, contentStart, contentEnd } = tableRow(table, index);
    for (let m = targets.offsets[b]!; m < targets.offsets[b + 1]!; m++) {
      const place = response + m - targets.offsets[b]!;
      const isContent = place >= contentStart && place < contentEnd;
      counts.tokens++;
      counts.loss -= logProbs[m]!;
      if (isRight[m]) counts.right++;
      if (isContent) counts.content++;
      if (isContent && isRight[m]) counts.contentRight++;
    }
    return counts;
  });
}

/** Whether no score of row m is above that of `id`; false where one of them is NaN, which cannot be ranked. */
function isLikeliest(scores: Float32Array, m: number, id: number, vocabulary: number): boolean {
  const own = scores[m * vocabulary + id]!;
  for (let v = m * vocabulary; v < (m + 1) * vocabulary; v++) if (!(scores[v]! <= own)) return false;
  return true;
}
