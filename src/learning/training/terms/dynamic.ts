import { sharedFloats } from '../../params/param-set.js';
import { addDifference, withValues, type Dynamic, type MakeTerm } from './term.js';

/** FedDyn (Acar et al. 2021): − ⟨h_i, θ⟩ + α/2 ‖θ − w‖², then h_i⁺ = h_i − α (θ − w). */
export const dynamic: MakeTerm<Dynamic> = ({ alpha }, { now, start, trains, state }) => ({
  add(gradients) {
    for (const [part, gradient] of Object.entries(gradients)) {
      addDifference(gradient, alpha, now[part]!.values, start[part]!.values);
      const h = state[part]?.values;
      if (h) for (let i = 0; i < gradient.length; i++) gradient[i]! -= h[i]!;
    }
  },
  end: () => ({
    state: Object.fromEntries(
      trains.map((part) => {
        const values = sharedFloats(now[part]!.values.length);
        const h = state[part]?.values;
        for (let i = 0; i < values.length; i++) {
          values[i] = (h?.[i] ?? 0) - alpha * (now[part]!.values[i]! - start[part]!.values[i]!);
        }
        return [part, withValues(now[part]!, values)];
      }),
    ),
  }),
});
