/** Plain stochastic gradient descent over one flat vector of parameters, which it changes in place. */
export class Sgd {
  constructor(
    readonly values: Float32Array,
    readonly options: { readonly learningRate: number; readonly weightDecay?: number },
  ) {}

  step(gradient: Float32Array): void {
    const { learningRate, weightDecay = 0 } = this.options;
    const keep = 1 - learningRate * weightDecay;
    for (let i = 0; i < gradient.length; i++) {
      this.values[i] = keep * this.values[i]! - learningRate * gradient[i]!;
    }
  }
}
