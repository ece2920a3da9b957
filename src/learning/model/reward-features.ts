import { computed, valuesOf } from './backend.js';
import { packRows } from './batch.js';
import type { Gpt } from './gpt.js';
import { readStates } from './read-states.js';
import { featureWidth, runningFeatures } from './reward-model.js';
import { inPasses } from './passes.js';

/** A prompt with its response; `response` is the index of the response's first token. */
export interface Answer {
  readonly tokens: Int32Array;
  readonly response: number;
}

/**
 * Features of every state of each response under the frozen base model: for L response tokens (L + 1, 2C),
 * row t being the state before token t, which a critic reads, and the last row the state after all of them,
 * which is what is scored. `base` must have neither adapters nor LoRA, so that features mean the same to
 * every client.
 */
export function responseFeatures(base: Gpt, answers: readonly Answer[]): Float32Array[] {
  return responseStates(base, answers).map((states) => runningFeatures(states, base.shape.config.n_embd));
}

/** The hidden states after ln_f that these are made of, (L + 1, C) per response, of any model. */
export function responseStates(model: Gpt, answers: readonly Answer[]): Float32Array[] {
  const passes = inPasses(answers, ({ tokens }) => tokens.length);
  return passes.flatMap((pass) => statesOfPass(model, pass));
}

function statesOfPass(model: Gpt, answers: readonly Answer[]): Float32Array[] {
  const width = model.shape.config.n_embd;
  const batch = packRows(answers.map(({ tokens }) => tokens));
  const spans = answers.map((answer) => answer.tokens.length - firstState(answer));
  const at = answers.flatMap((answer, b) =>
    Array.from({ length: spans[b]! }, (_, t) => batch.offsets[b]! + firstState(answer) + t),
  );
  const hidden = computed(() => valuesOf(readStates(model, batch, Int32Array.from(at))).slice());
  let start = 0;
  return spans.map((span) => {
    const states = hidden.subarray(start * width, (start + span) * width);
    start += span;
    return states;
  });
}

/** The state in which a response begins: that of the prompt's last token. */
function firstState({ response }: Answer): number {
  return Math.max(response - 1, 0);
}

/** Features (B, 2C) of the state after each answer's last token, one row after the other. */
export function scoreFeatures(base: Gpt, answers: readonly Answer[]): Float32Array {
  const width = featureWidth(base.shape.config);
  const features = new Float32Array(answers.length * width);
  responseFeatures(base, answers).forEach((states, b) => features.set(states.subarray(-width), b * width));
  return features;
}

/** Responses' states (L + 1, width) without the last, which is scored and which no critic reads. */
export function withoutLast(states: readonly Float32Array[], width: number): Float32Array[] {
  return states.map((rows) => rows.subarray(0, -width));
}
