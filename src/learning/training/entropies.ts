import { computed, valuesOf } from '../model/backend.js';
import { packTargets } from '../model/batch.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { logits } from '../model/log-probs.js';
import type { Answer } from '../model/reward-features.js';
import { inBatches } from './batches.js';
import { entropyOfLogits } from './ppo/entropy.js';

/** Rows of one forward pass, which holds the scores of a whole vocabulary for each token. */
const passRows = 16;

/**
 * Entropy (nats) of the policy's next-token distribution, at the temperature of sampling, in the state before
 * each response token: one array per answer. Exact, over the whole vocabulary.
 */
export function readEntropies(policy: Gpt, answers: readonly Answer[], temperature: number): Float64Array[] {
  return [...inBatches(answers.length, passRows)].flatMap((indices) =>
    entropiesOfPass(
      policy,
      indices.map((index) => answers[index]!),
      temperature,
    ),
  );
}

function entropiesOfPass(policy: Gpt, pass: readonly Answer[], temperature: number): Float64Array[] {
  const { batch, targets } = packTargets(
    pass.map(({ tokens }) => tokens),
    pass.map(({ response }) => response),
  );
  const width = policy.shape.config.vocab_size;
  const entropies = computed(() => {
    const scores = valuesOf(logits(policy, hiddenStates(policy, batch, targets.at)));
    return Float64Array.from({ length: scores.length / width }, (_, row) =>
      entropyOfLogits(scores.subarray(row * width, (row + 1) * width), temperature),
    );
  });
  let start = 0;
  return pass.map(({ tokens, response }) => entropies.subarray(start, (start += tokens.length - response)));
}
