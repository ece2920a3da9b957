import { column, columns, type TokenTable } from '../data/token-table.js';
import { packTargets, type PredictionBatch } from '../model/batch.js';
import { inPasses } from '../model/passes.js';
import type { Answer } from '../model/reward-features.js';
import { stream, type KeyPart } from '../../simulation/random/stream.js';

/** One row of a table: all its tokens, and where the response and its content lie in them. */
export interface TableRow {
  /** Prompt, response and, where the text has one, end-of-text; a view on the table. */
  readonly tokens: Int32Array;
  /** Index in `tokens` of the first token of the response. */
  readonly response: number;
  /** Indices [contentStart, contentEnd) of the tokens that carry the answer itself. */
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** @throws RangeError where the table has no such row. */
export function tableRow(table: TokenTable, index: number): TableRow {
  if (!(index >= 0 && index < table.count)) {
    throw new RangeError(`row ${index} of a table of ${table.count}`);
  }
  const bounds = table.rows.subarray(index * columns, (index + 1) * columns);
  const start = bounds[column.start]!;
  return {
    tokens: table.tokens.subarray(start, bounds[column.end]),
    response: bounds[column.response]! - start,
    contentStart: bounds[column.contentStart]! - start,
    contentEnd: bounds[column.contentEnd]! - start,
  };
}

/**
 * Endless batches of row indices. Every pass over the rows is a new keyed shuffle, and a batch that the end
 * of a pass cuts goes on in the next one, so that each row is drawn equally often. `items` must be at least
 * 1.
 */
export function* drawBatches(
  items: number,
  batchSize: number,
  seed: KeyPart,
  ...key: readonly KeyPart[]
): Generator<readonly number[], never> {
  if (items < 1) throw new RangeError('cannot draw batches from an empty table');
  const all = Array.from({ length: items }, (_, index) => index);
  let undrawn: readonly number[] = [];
  for (let pass = 0; ;) {
    let batch: readonly number[] = [];
    while (batch.length < batchSize) {
      if (undrawn.length === 0) undrawn = stream(seed, ...key, 'pass', pass++).shuffle(all);
      const take = undrawn.slice(0, batchSize - batch.length);
      batch = [...batch, ...take];
      undrawn = undrawn.slice(take.length);
    }
    yield batch;
  }
}

/** Row indices in order, in batches of at most `batchSize`. */
export function* inBatches(items: number, batchSize: number): Generator<readonly number[]> {
  for (let start = 0; start < items; start += batchSize) {
    yield Array.from({ length: Math.min(batchSize, items - start) }, (_, i) => start + i);
  }
}

/**
 * Rows packed for teacher forcing up to the end of their content, whose tokens are the targets, in passes of at most so
 * many tokens.
 */
export function contentPasses(
  table: TokenTable,
  indices: readonly number[],
  tokens: number,
): readonly PredictionBatch[] {
  const rows = indices.map((index) => tableRow(table, index));
  return inPasses(rows, ({ contentEnd }) => contentEnd, { tokens }).map((pass) =>
    packTargets(
      pass.map(({ tokens, contentEnd }) => tokens.subarray(0, contentEnd)),
      pass.map(({ contentStart }) => contentStart),
    ),
  );
}

/** Rows packed for teacher forcing; targets are the response and, where the row has one, its end-of-text. */
export function responseBatch(table: TokenTable, indices: readonly number[]): PredictionBatch {
  return answerBatch(indices.map((index) => tableRow(table, index)));
}

/** The same in passes of at most so many tokens, of whole rows. */
export function responsePasses(
  table: TokenTable,
  indices: readonly number[],
  tokens: number,
): readonly PredictionBatch[] {
  const rows = indices.map((index) => tableRow(table, index));
  return inPasses(rows, (row) => row.tokens.length, { tokens }).map(answerBatch);
}

/** Answers packed for teacher forcing; all tokens of their responses are targets. */
export function answerBatch(answers: readonly Answer[]): PredictionBatch {
  return packTargets(
    answers.map(({ tokens }) => tokens),
    answers.map(({ response }) => response),
  );
}
