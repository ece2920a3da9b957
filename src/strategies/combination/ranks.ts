import { rankOf, withTensors } from '../../learning/model/lora-rank.js';
import { hasRole } from '../../learning/model/roles.js';
import type { ParamSet, TensorSpec } from '../../learning/params/param-set.js';
import { greatest } from '../../extremes.js';
import type { Update } from '../aggregation/aggregation.js';

/** The rank of the server's LoRA: of the global set, or the greatest of the updates where there is none. */
export function rankOfSet(global: ParamSet | null, updates: readonly Pick<Update, 'params'>[]): number {
  const sets = global ? [global] : updates.map(({ params }) => params);
  return greatest(sets.flatMap(({ tensors }) => tensors.map(rankOf)));
}

/** A set of LoRA with all of its modules of this rank; their changes are what they were (`withTensors`). */
export function padded(set: ParamSet, rank: number): ParamSet {
  return withTensors(
    set,
    set.tensors.map((tensor) => ofRank(tensor, rank)),
  );
}

function ofRank({ name, shape }: TensorSpec, rank: number): TensorSpec {
  const [rows, columns] = shape as [number, number];
  return { name, shape: hasRole(name, ['A']) ? [rows, rank] : [rank, columns] };
}
