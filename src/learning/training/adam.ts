/** AdamW's settings (Loshchilov and Hutter 2019), by torch's names and with its defaults. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled: a step shrinks a parameter by learningRate · weightDecay of itself. */
  readonly weightDecay?: number;
}

/** What Adam knows after some steps: both moments, a number for each parameter, and how many steps. */
export interface AdamState {
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  readonly steps: number;
}

/**
 * AdamW over one flat vector of parameters, which it changes in place; the moments live as long as the
 * object, and begin at 0 or as `state` has them. In float64, so that a step does not depend on a backend.
 */
export class Adam {
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  #steps: number;

  /** @throws RangeError where the moments are of another number of parameters. */
  constructor(
    readonly values: Float32Array,
    readonly options: AdamOptions,
    state?: AdamState,
  ) {
    this.#first = momentsFor(values, state?.first);
    this.#second = momentsFor(values, state?.second);
    this.#steps = state?.steps ?? 0;
  }

  get state(): AdamState {
    return { first: this.#first, second: this.#second, steps: this.#steps };
  }

  /** One step down a gradient of the same length; `rate` scales the learning rate of this step only. */
  step(gradient: Float32Array, rate = 1): void {
    const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = this.options;
    if (gradient.length !== this.values.length) {
      throw new RangeError(`Adam: gradient of ${gradient.length} for ${this.values.length} parameters`);
    }
    this.#steps++;
    const size = (learningRate * rate) / (1 - beta1 ** this.#steps);
    const rootCorrection = Math.sqrt(1 - beta2 ** this.#steps);
    const keep = 1 - learningRate * rate * weightDecay;
    const { values } = this;
    const [first, second] = [this.#first, this.#second];
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!;
      const m = (first[i] = beta1 * first[i]! + (1 - beta1) * g);
      const v = (second[i] = beta2 * second[i]! + (1 - beta2) * g * g);
      values[i] = keep * values[i]! - (size * m) / (Math.sqrt(v) / rootCorrection + epsilon);
    }
  }
}

/** A copy of some moments, or zeros. */
function momentsFor({ length }: Float32Array, moments?: ArrayLike<number>): Float64Array {
  if (moments && moments.length !== length) {
    throw new RangeError(`Adam: moments of ${moments.length} for ${length} parameters`);
  }
  return moments ? Float64Array.from(moments) : new Float64Array(length);
}

/**
 * Scales gradients in place so that their joint Euclidean norm is at most `maxNorm`; gives the norm before.
 * Null parts are skipped.
 */
export function clipGlobalNorm(gradients: readonly (Float32Array | null)[], maxNorm: number): number {
  let squares = 0;
  for (const gradient of gradients) {
    if (gradient === null) continue;
    for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  }
  const norm = Math.sqrt(squares);
  if (norm > maxNorm) {
    const scale = maxNorm / norm;
    for (const gradient of gradients) {
      if (gradient === null) continue;
      for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale;
    }
  }
  return norm;
}
