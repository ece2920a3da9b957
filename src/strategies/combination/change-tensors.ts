import { denseEnding } from '../../learning/model/changes.js';
import type { TensorSpec } from '../../learning/params/param-set.js';
import type { Slot } from '../methods/method.js';

/**
 * The tensors of what `updates` updates of these modules, whose A and B come in turn, change the base by: the whole
 * of it as stacks side by side, or the rest beside the mean, which is one stack more, or each module's (in, out) where
 * that is fewer numbers.
 */
export function changeTensors(
  modules: readonly TensorSpec[],
  change: NonNullable<Slot['change']>,
  updates: number,
): readonly TensorSpec[] {
  const stacks = change === 'whole' ? updates : updates + 1;
  return modules.flatMap((a, i) => {
    const b = modules[i + 1];
    if (i % 2 === 1 || !b) return [];
    const [inputs, rank] = a.shape as [number, number];
    const outputs = b.shape[1]!;
    const stacked = rank * stacks;
    if (change === 'rest' && stacked * (inputs + outputs) > inputs * outputs) {
      return [{ name: a.name.slice(0, -'.lora_A'.length) + denseEnding, shape: [inputs, outputs] }];
    }
    return [
      { name: a.name, shape: [inputs, stacked] },
      { name: b.name, shape: [stacked, outputs] },
    ];
  });
}
