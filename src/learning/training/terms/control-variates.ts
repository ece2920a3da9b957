import { mapValues } from '../../../map-values.js';
import { partIn, slotOf, type TunedSets } from '../../model/slots.js';
import { sharedFloats } from '../../params/param-set.js';
import { withValues, type ControlVariates, type MakeTerm } from './term.js';

/**
 * SCAFFOLD (Karimireddy et al. 2020), option II: steps go down g − c_i + c, and c_i⁺ = c_i − c + (x − y) / (K η).
 * The fraction is the mean of what K plain steps went down, and so it is computed: what is said of SGD holds, and
 * with Adam it stays a gradient. The client sends c_i⁺ − c_i.
 */
export const controlVariates: MakeTerm<ControlVariates> = ({ of }, { start, trains, state }) => {
  const parts = trains.filter((part) => of[slotOf(part)] !== undefined);
  const controlOf = (part: string) => partIn(of[slotOf(part)]!, part);
  const sums = new Map(parts.map((part) => [part, new Float64Array(start[part]!.values.length)]));
  let steps = 0;
  const correctionOf = (part: string, i: number) =>
    start[controlOf(part)]!.values[i]! - (state[part]?.values[i] ?? 0);
  return {
    add(gradients) {
      for (const part of parts) {
        const gradient = gradients[part]!;
        for (let i = 0; i < gradient.length; i++) gradient[i]! += correctionOf(part, i);
      }
    },
    stepped(gradients) {
      steps++;
      for (const [part, sum] of sums) gradients[part]!.forEach((value, i) => (sum[i]! += value));
    },
    end() {
      if (steps === 0) return {};
      const next = Object.fromEntries(
        parts.map((part) => {
          const values = sharedFloats(start[part]!.values.length);
          const sum = sums.get(part)!;
          for (let i = 0; i < values.length; i++) values[i] = sum[i]! / steps - correctionOf(part, i);
          return [part, withValues(start[part]!, values)] as const;
        }),
      ) satisfies TunedSets;
      const sent = mapValues(next, (set, part) => {
        const values = sharedFloats(set.values.length);
        set.values.forEach((value, i) => (values[i] = value - (state[part]?.values[i] ?? 0)));
        return withValues(set, values);
      });
      return {
        state: next,
        sent: Object.fromEntries(Object.entries(sent).map(([part, set]) => [controlOf(part), set])),
      };
    },
  };
};
