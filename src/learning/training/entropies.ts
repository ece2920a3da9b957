import { valuesOf } from '../model/backend.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { logits } from '../model/log-probs.js';
import type { Answer } from '../model/reward-features.js';
import { answerBatch } from './batches.js';
import { entropyOfLogits } from './ppo/entropy.js';
import { byToken } from './rollout.js';

/**
 * Entropy (nats) of the policy's next-token distribution, at the temperature of sampling, in the state before
 * each response token: one array per answer. Exact, over the whole vocabulary.
 */
export function readEntropies(policy: Gpt, answers: readonly Answer[], temperature: number): Float64Array[] {
  const width = policy.shape.config.vocab_size;
  return byToken(answers, (pass) => {
    const { batch, targets } = answerBatch(pass);
    const scores = valuesOf(logits(policy, hiddenStates(policy, batch, targets.at)));
    return Float64Array.from({ length: scores.length / width }, (_, row) =>
      entropyOfLogits(scores.subarray(row * width, (row + 1) * width), temperature),
    );
  });
}
