import * as tf from '@tensorflow/tfjs';

/*
 * Both backends are fastest at plain products, and a pass back through a frozen matrix needs its
 * transpose. It is made at the first such pass and kept as long as the matrix: twice the memory for half the
 * work.
 */

const transposes = new Map<tf.Tensor, tf.Tensor2D>();

/** The transpose of a matrix that is never written to. It is freed by `disposeTranspose` of the matrix. */
export function transposeOf(matrix: tf.Tensor2D): tf.Tensor2D {
  const known = transposes.get(matrix);
  if (known) return known;
  const made = tf.keep(tf.transpose(matrix));
  transposes.set(matrix, made);
  return made;
}

export function disposeTranspose(matrix: tf.Tensor): void {
  transposes.get(matrix)?.dispose();
  transposes.delete(matrix);
}

/** How many are kept. */
export function keptTransposes(): number {
  return transposes.size;
}
