import { partIn, slotOf } from '../../model/slots.js';
import { addDifference, type MakeTerm, type Proximal } from './term.js';

/**
 * FedProx (Li et al. 2020): + μ/2 ‖θ − w‖², w what was received. Ditto (Li et al. 2021): the same for the personal
 * model, towards the global one.
 */
export const proximal: MakeTerm<Proximal> = ({ mu, towards = {} }, { now, start }) => ({
  add(gradients) {
    if (mu === 0) return;
    for (const [part, gradient] of Object.entries(gradients)) {
      const slot = slotOf(part);
      const anchor = start[partIn(towards[slot] ?? slot, part)]!;
      addDifference(gradient, mu, now[part]!.values, anchor.values);
    }
  },
});
