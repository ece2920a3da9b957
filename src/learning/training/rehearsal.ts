import type { TokenTable } from '../data/token-table.js';
import type { Gradients } from '../model/gradients.js';
import { trainedAtOnce } from '../model/passes.js';
import type { TunedSets } from '../model/slots.js';
import type { Weights } from '../model/weights.js';
import { contentPasses, drawBatches, tableRow } from './batches.js';
import type { RunningPhase } from './phase.js';
import { responseGradients } from './token-loss.js';

interface Rehearsal {
  readonly table: TokenTable;
  /** Rows per step. */
  readonly rows: number;
  readonly coefficient: number;
  readonly seed: string;
}

/**
 * PPO-ptx (Ouyang et al. 2022, eq. 2): adds to the gradients of a policy step, in place, `coefficient` times
 * those of the mean negative log-likelihood of the answers to the client's own instructions, so that the
 * policy does not forget them. Ouyang et al. mix in pre-training text; a client has its instructions. Only what
 * an answer says is rehearsed, not the manner around it nor where it ends: the manner is what alignment is to
 * change. Rows whose answer was cut away are left out. Does nothing where the coefficient is 0 or there are no
 * rows.
 */
export function rehearsal(
  { shape, trains }: Pick<RunningPhase, 'shape' | 'trains'>,
  base: Weights,
  tuned: TunedSets,
  { table, rows, coefficient, seed }: Rehearsal,
): (gradients: Gradients) => void {
  const answered = rowsWithAnswer(table);
  if (coefficient === 0 || answered.length === 0) return () => {};
  const batches = drawBatches(answered.length, rows, seed, 'rehearsal');
  return (gradients) => {
    const indices = batches.next().value.map((drawn) => answered[drawn]!);
    const passes = contentPasses(table, indices, trainedAtOnce(shape.config));
    const own = responseGradients({ shape, base, tuned, trains }, passes).gradients;
    for (const [part, gradient] of Object.entries(gradients)) add(gradient, own[part]!, coefficient);
  };
}

function rowsWithAnswer(table: TokenTable): readonly number[] {
  const all = Array.from({ length: table.count }, (_, index) => index);
  return all.filter((index) => {
    const { contentStart, contentEnd } = tableRow(table, index);
    return contentEnd > contentStart;
  });
}

function add(sum: Float32Array, part: Float32Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * part[i]!;
}
