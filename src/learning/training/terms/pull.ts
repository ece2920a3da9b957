import { partIn, slotOf } from '../../model/slots.js';
import { addDifference, type MakeTerm, type Pull } from './term.js';

/** pFedMe (Dinh et al. 2020), algorithm 1: θ is the personal model, w the client's copy of the global one. */
export const pull: MakeTerm<Pull> = ({ lambda, steps, rate, of }, { now, trains }) => {
  const pairs = trains.flatMap((part) => {
    const other = of[slotOf(part)];
    return other === undefined ? [] : [{ part, theta: now[part]!, w: now[partIn(other, part)]! }];
  });
  let taken = 0;
  return {
    add(gradients) {
      for (const { part, theta, w } of pairs) {
        addDifference(gradients[part]!, lambda, theta.values, w.values);
      }
    },
    stepped() {
      taken++;
      if (taken % steps !== 0) return;
      for (const { theta, w } of pairs) addDifference(w.values, -rate * lambda, w.values, theta.values);
    },
  };
};
