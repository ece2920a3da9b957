import assert from 'node:assert/strict';
import type { TunedSets } from '../../../../src/learning/model/slots.js';
import { paramSet } from '../../../../src/learning/params/param-set.js';
import { inPhases, type Phase } from '../../../../src/learning/training/phase.js';
import { Optimizers } from '../../../../src/learning/training/optimizers.js';
import { termOf } from '../../../../src/learning/training/terms/index.js';
import type { TermSpec } from '../../../../src/learning/training/terms/term.js';
import { tinyShape } from '../tiny-model.js';

const set = (...values: number[]) =>
  paramSet('lora', [{ name: 'h.0.attn.q.lora_B', shape: [values.length], values }]);
const float32 = (values: readonly number[]) => [...Float32Array.from(values)];

/** A client's work of `steps` plain steps down a gradient that follows from what is trained. */
function worked(
  phases: readonly Phase[],
  start: TunedSets,
  gradientOf: (values: Float32Array, step: number) => readonly number[],
  {
    state = {},
    steps = 3,
    learningRate = 0.5,
  }: { state?: TunedSets; steps?: number; learningRate?: number } = {},
) {
  const now = Object.fromEntries(
    Object.entries(start).map(([part, own]) => [part, set(...own.values)] as const),
  );
  const options = {
    ...{ learningRate, loraLearningRateScale: 1, maxGradientNorm: 1e9 },
    optimizer: 'sgd' as const,
  };
  const inputs = { shape: tinyShape, now, start, state, options, optimizers: new Optimizers() };
  const left = inPhases(phases, inputs, ({ trains, optimize }, share) => {
    for (let step = 0; step < share * steps; step++) {
      const gradients = trains.map(
        (part) => [part, Float32Array.from(gradientOf(now[part]!.values, step))] as const,
      );
      optimize(Object.fromEntries(gradients));
    }
  });
  return { now, ...left };
}

const phase = (trains: readonly string[], ...terms: TermSpec[]): Phase => ({ share: 1, trains, terms });

/** The gradient that a term adds, beside central differences of a function of what is trained. */
function gradientsOf(
  spec: TermSpec,
  parts: TunedSets,
  start: TunedSets,
  objective: (theta: readonly number[]) => number,
  state: TunedSets = {},
) {
  const gradient = new Float32Array(parts['lora']!.values.length);
  termOf(spec, { now: parts, start, trains: ['lora'], state }).add!({ lora: gradient });
  const theta = [...parts['lora']!.values];
  const h = 1e-4;
  const differences = theta.map((_, i) => {
    const at = (shift: number) => objective(theta.map((value, j) => (i === j ? value + shift : value)));
    return (at(h) - at(-h)) / (2 * h);
  });
  return { gradient: [...gradient], differences };
}

function assertClose(actual: readonly number[], expected: readonly number[]) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${value} beside ${expected[i]}`),
  );
}

const squared = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);

describe('what a method adds to the local objective', () => {
  const theta = set(1, -2, 0.5);

  it('has the gradient of μ/2 ‖θ − w‖², w what was received', () => {
    const start = { lora: set(0, 0.25, 3) };
    const spec = { name: 'proximal', mu: 0.3 } as const;
    const { gradient, differences } = gradientsOf(
      spec,
      { lora: theta },
      start,
      (at) => 0.15 * squared(at, [0, 0.25, 3]),
    );
    assertClose(gradient, differences);
  });

  it('pulls a personal model to the global one as it was received, wherever that has gone since', () => {
    const [now, start] = [
      { lora: theta, global: set(9, 9, 9) },
      { lora: set(4, 4, 4), global: set(1, 1, 1) },
    ];
    const spec = { name: 'proximal', mu: 0.3, towards: { lora: 'global' } } as const;
    const { gradient, differences } = gradientsOf(spec, now, start, (at) => 0.15 * squared(at, [1, 1, 1]));
    assertClose(gradient, differences);
  });

  it('has the gradient of − ⟨h, θ⟩ + α/2 ‖θ − w‖²', () => {
    const start = { lora: set(0.5, 0, 0) };
    const h = [0.1, -0.7, 2];
    const objective = (at: readonly number[]) =>
      0.2 * squared(at, [0.5, 0, 0]) - at.reduce((sum, value, i) => sum + value * h[i]!, 0);
    const spec = { name: 'dynamic', alpha: 0.4 } as const;
    const { gradient, differences } = gradientsOf(spec, { lora: theta }, start, objective, {
      lora: set(...h),
    });
    assertClose(gradient, differences);
  });

  it('has the gradient of λ/2 ‖θ − w‖², w the copy of the global model as it is now', () => {
    const now = { lora: theta, global: set(2, 2, 2) };
    const spec = { name: 'pull', lambda: 0.6, steps: 2, rate: 1, of: { lora: 'global' } } as const;
    const { gradient, differences } = gradientsOf(spec, now, now, (at) => 0.3 * squared(at, [2, 2, 2]));
    assertClose(gradient, differences);
  });

  it('of weight 0 changes no bit of what is trained', () => {
    const gradientOf = (values: Float32Array) => [values[0]! - 1, Math.sin(values[1]!)];
    const start = { lora: set(0.1, 0.7) };
    const plain = worked([phase(['lora'])], start, gradientOf);
    const tied = worked([phase(['lora'], { name: 'proximal', mu: 0 })], start, gradientOf);
    assert.deepEqual(tied.now['lora']!.values, plain.now['lora']!.values);
  });
});

describe('pFedMe’s outer step', () => {
  it('moves the copy of the global model towards the personal one after every few steps', () => {
    const spec = { name: 'pull', lambda: 2, steps: 2, rate: 0.25, of: { personal: 'lora' } } as const;
    const start = { lora: set(0), personal: set(4) };
    const { now } = worked([phase(['personal'], spec)], start, () => [0], { steps: 2, learningRate: 0.25 });
    // θ: 4 − 0.25 · 2 · 4 = 2, then 1. w: 0 − 0.25 · 2 · (0 − 1).
    assert.deepEqual([now['personal']!.values[0], now['lora']!.values[0]], [1, 0.5]);
  });
});

describe('SCAFFOLD', () => {
  const spec = { name: 'control-variates', of: { lora: 'lora-control' } } as const;
  const gradientOf = (values: Float32Array, step: number) => [values[0]! * (step + 1), Math.cos(values[1]!)];

  it('goes down g − c_i + c, and keeps c_i − c + (x − y) / (K η)', () => {
    const start = { lora: set(1, 2), 'lora-control': set(0.5, -1) };
    const own = { lora: set(0.25, 2) };
    const options = { state: own, steps: 1, learningRate: 0.5 };
    const { now, state } = worked([phase(['lora'], spec)], start, () => [1, 4], options);
    assert.deepEqual([...now['lora']!.values], [1 - 0.5 * (1 - 0.25 + 0.5), 2 - 0.5 * (4 - 2 - 1)]);
    const eta = 0.5;
    const expected = [0, 1].map(
      (i) =>
        own.lora.values[i]! -
        start['lora-control'].values[i]! +
        (start.lora.values[i]! - now['lora']!.values[i]!) / eta,
    );
    assert.deepEqual([...state!['lora']!.values], expected);
  });

  it('sends what its own control variate has moved by', () => {
    const start = { lora: set(1, 2), 'lora-control': set(0, 0) };
    const own = { lora: set(0.25, 2) };
    const { state, sent } = worked([phase(['lora'], spec)], start, gradientOf, { state: own });
    const moved = [...state!['lora']!.values].map((value, i) => value - own.lora.values[i]!);
    assert.deepEqual([...sent['lora-control']!.values], float32(moved));
  });

  it('of one client is plain descent, for its control variate is the server’s', () => {
    const start = { lora: set(0.3, -0.8), 'lora-control': set(0.125, -2) };
    const state = { lora: set(0.125, -2) };
    const scaffold = worked([phase(['lora'], spec)], start, gradientOf, { state, steps: 5 });
    const plain = worked([phase(['lora'])], start, gradientOf, { steps: 5 });
    assert.deepEqual(scaffold.now['lora']!.values, plain.now['lora']!.values);
  });
});

describe('FedDyn', () => {
  it('keeps h − α (θ − w)', () => {
    const start = { lora: set(1, 2) };
    const { now, state } = worked([phase(['lora'], { name: 'dynamic', alpha: 0.5 })], start, () => [1, -1], {
      state: { lora: set(0.25, 0.5) },
      steps: 1,
    });
    const expected = [0.25, 0.5].map((h, i) => h - 0.5 * (now['lora']!.values[i]! - start.lora.values[i]!));
    assert.deepEqual([...state!['lora']!.values], float32(expected));
  });
});

describe('phases', () => {
  it('train one after the other, each what it names alone', () => {
    const start = { adapters: set(1), lora: set(1) };
    const order: string[] = [];
    const phases = [
      { share: 0.5, trains: ['lora'], terms: [] },
      { share: 1, trains: ['adapters'], terms: [] },
    ];
    const inputs = {
      ...{ shape: tinyShape, now: start, start, state: {}, optimizers: new Optimizers() },
      options: { learningRate: 1, loraLearningRateScale: 1, maxGradientNorm: 1 },
    };
    inPhases(phases, inputs, ({ trains }, share) => order.push(`${trains.join()} ${share}`));
    assert.deepEqual(order, ['lora 0.5', 'adapters 1']);
  });

  it('leave no memory where they have no terms', () => {
    const { state } = worked([phase(['lora'])], { lora: set(1) }, () => [1]);
    assert.equal(state, null);
  });
});
