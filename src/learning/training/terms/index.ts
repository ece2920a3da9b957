import { controlVariates } from './control-variates.js';
import { dynamic } from './dynamic.js';
import { proximal } from './proximal.js';
import { pull } from './pull.js';
import type { MakeTerm, Term, TermInputs, TermSpec } from './term.js';

const terms: { readonly [Name in TermSpec['name']]: MakeTerm<Extract<TermSpec, { name: Name }>> } = {
  proximal,
  pull,
  'control-variates': controlVariates,
  dynamic,
};

/** A term at the start of a client's work. */
export function termOf(spec: TermSpec, inputs: TermInputs): Term {
  const make = terms[spec.name] as MakeTerm<TermSpec>;
  return make(spec, inputs);
}
