import type { Gradients } from '../../model/gradients.js';
import type { TunedSets } from '../../model/slots.js';
import type { ParamSet } from '../../params/param-set.js';

/** What a client's objective, or its steps, have besides the loss on its data, as a method names it. */
export type TermSpec = Proximal | Pull | ControlVariates | Dynamic;

/** + μ/2 ‖θ − anchor‖² (FedProx, Ditto). */
export interface Proximal {
  readonly name: 'proximal';
  readonly mu: number;
  /** The slot whose values, as the work began with them, are the anchor, by the slot that is pulled; absent: its own. */
  readonly towards?: Readonly<Record<string, string>>;
}

/**
 * pFedMe's outer step: + λ/2 ‖θ − w‖² for `steps` steps, then w ← w − rate · λ (w − θ), over and over. By the slot
 * of θ that of w.
 */
export interface Pull {
  readonly name: 'pull';
  readonly lambda: number;
  readonly steps: number;
  readonly rate: number;
  readonly of: Readonly<Record<string, string>>;
}

/** SCAFFOLD: g − c_i + c. By the slot that is trained, the slot that brings c and takes away c_i⁺ − c_i. */
export interface ControlVariates {
  readonly name: 'control-variates';
  readonly of: Readonly<Record<string, string>>;
}

/** FedDyn: − ⟨h_i, θ⟩ + α/2 ‖θ − w‖². */
export interface Dynamic {
  readonly name: 'dynamic';
  readonly alpha: number;
}

/** What a term sees of the work. */
export interface TermInputs {
  /** What is tuned, as the steps have changed it so far, and as the work began with it. */
  readonly now: TunedSets;
  readonly start: TunedSets;
  /** Parts that are trained. */
  readonly trains: readonly string[];
  /** What the client remembers of its earlier work, by part: blank before the first update that was delivered. */
  readonly state: TunedSets;
}

/** A term at work. */
export interface Term {
  /** Adds its gradient to that of a step, in place. */
  add?(gradients: Gradients): void;
  /** After a step, which went down these gradients: added to, then clipped. */
  stepped?(gradients: Gradients): void;
  /** What the client will remember once its update is delivered (decision D12), and what it sends besides what it trained. */
  end?(): { readonly state?: TunedSets; readonly sent?: TunedSets };
}

export type MakeTerm<Spec extends TermSpec> = (spec: Spec, inputs: TermInputs) => Term;

/** gradients += factor · (a − b), part by part. */
export function addDifference(
  gradient: Float32Array,
  factor: number,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): void {
  for (let i = 0; i < gradient.length; i++) gradient[i]! += factor * (a[i]! - b[i]!);
}

/** A set like another with values of its own. */
export function withValues({ kind, tensors }: ParamSet, values: Float32Array): ParamSet {
  return { kind, tensors, values };
}
