/**
 * Rows of tokens one after the other, without padding: N tokens in B rows. Every per-token matrix of the
 * model is (N, …) in this order, and attention reads `offsets`, so that no padding is computed and no mask is
 * needed.
 */
export interface Batch {
  /** (N) token ids. */
  readonly ids: Int32Array;
  /** (N) positions for the position embedding: 0, 1, … in every row unless an offset was given. */
  readonly positions: Int32Array;
  /** (B + 1): row b is [offsets[b], offsets[b + 1]). */
  readonly offsets: Int32Array;
}

/** Which tokens of a batch are to be predicted: the hidden state at `at[i]` predicts token `ids[i]`. */
export interface Targets {
  /** (M) indices into the N tokens of the batch, ascending. */
  readonly at: Int32Array;
  /** (M) token ids. */
  readonly ids: Int32Array;
  /** (B + 1): the targets of row b are [offsets[b], offsets[b + 1]). */
  readonly offsets: Int32Array;
}

export interface PredictionBatch {
  readonly batch: Batch;
  readonly targets: Targets;
}

/** Packs whole rows; `firstPositions[b]` (0 where absent) is the position of row b's first token. */
export function packRows(rows: readonly ArrayLike<number>[], firstPositions?: readonly number[]): Batch {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, b) => (offsets[b + 1] = offsets[b]! + row.length));
  const ids = new Int32Array(offsets[rows.length]!);
  const positions = new Int32Array(ids.length);
  rows.forEach((row, b) => {
    const start = offsets[b]!;
    ids.set(row, start);
    const first = firstPositions?.[b] ?? 0;
    for (let t = 0; t < row.length; t++) positions[start + t] = first + t;
  });
  return { ids, positions, offsets };
}

/**
 * Packs rows for teacher forcing: the tokens of row b from index `firstTargets[b]` (>= 1) on are targets;
 * each is predicted by the state before it, so the last token of a row is a target only and not part of the
 * batch.
 */
export function packTargets(
  rows: readonly Int32Array[],
  firstTargets: readonly number[],
  firstPositions?: readonly number[],
): PredictionBatch {
  const batch = packRows(
    rows.map((row) => row.subarray(0, -1)),
    firstPositions,
  );
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, b) => (offsets[b + 1] = offsets[b]! + row.length - firstTargets[b]!));
  const at = new Int32Array(offsets[rows.length]!);
  const ids = new Int32Array(at.length);
  rows.forEach((row, b) => {
    ids.set(row.subarray(firstTargets[b]), offsets[b]);
    const before = batch.offsets[b]! + firstTargets[b]! - 1;
    for (let i = offsets[b]!; i < offsets[b + 1]!; i++) at[i] = before + i - offsets[b]!;
  });
  return { batch, targets: { at, ids, offsets } };
}
