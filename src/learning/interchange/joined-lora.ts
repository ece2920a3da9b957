import { groupedBy } from '../../grouped.js';
import { paramSet, type ParamSet } from '../params/param-set.js';
import { loraFactors, type LoraFactors } from './lora-modules.js';

/** A set of LoRA, and the weight with which its change counts. */
export interface CountedLora {
  readonly lora: ParamSet;
  readonly share: number;
}

/**
 * One set with the change that several make together. Modules of one place become one of the sum of their ranks: A's
 * side by side, B's below each other. A module's change is alpha over its own rank, so each B takes up the rank that
 * has grown, and its share.
 */
export function joinedLora(sets: readonly CountedLora[]): ParamSet {
  if (sets.length === 1 && sets[0]!.share === 1) return sets[0]!.lora;
  const counted = sets.flatMap(({ lora, share }) => loraFactors(lora).map((factors) => ({ factors, share })));
  const places = [...groupedBy(counted, ({ factors }) => factors.name)];
  return paramSet(
    'lora',
    places.flatMap(([name, members]) => {
      const { inputs, rank, outputs, a, b } = sideBySide(members);
      return [
        { name: `${name}.lora_A`, shape: [inputs, rank], values: a },
        { name: `${name}.lora_B`, shape: [rank, outputs], values: b },
      ];
    }),
  );
}

function sideBySide(
  members: readonly { readonly factors: LoraFactors; readonly share: number }[],
): Omit<LoraFactors, 'name'> {
  const { inputs, outputs } = members[0]!.factors;
  const rank = members.reduce((sum, { factors }) => sum + factors.rank, 0);
  const [a, b] = [new Float32Array(inputs * rank), new Float32Array(rank * outputs)];
  let first = 0;
  for (const { factors, share } of members) {
    for (let i = 0; i < inputs; i++) {
      a.set(factors.a.subarray(i * factors.rank, (i + 1) * factors.rank), i * rank + first);
    }
    const scale = (share * rank) / factors.rank;
    b.set(
      factors.b.map((value) => scale * value),
      first * outputs,
    );
    first += factors.rank;
  }
  return { inputs, rank, outputs, a, b };
}
