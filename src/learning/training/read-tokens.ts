import { computed, valuesOf } from '../model/backend.js';
import type { Gpt } from '../model/gpt.js';
import { logits, logProbsOfScores } from '../model/log-probs.js';
import { readStates } from '../model/read-states.js';
import type { Answer } from '../model/reward-features.js';
import { answerBatch } from './batches.js';
import { entropyOfLogits } from './ppo/entropy.js';
import { atTemperature, inLengths, inPasses, lengthOf } from './rollout.js';

/** A number for each token of a response, one array per answer. */
export interface TokensRead {
  /** As `readLogProbs` has them, to the bit. */
  readonly logProbs: Float64Array[];
  /**
   * Entropy (nats) of the policy's next-token distribution, at the temperature of sampling, in the state before
   * each token. Exact, over the whole vocabulary.
   */
  readonly entropies: Float64Array[];
}

/** Log-probabilities and entropies by one forward pass. */
export function readTokens(policy: Gpt, answers: readonly Answer[], temperature: number): TokensRead {
  const passes = inPasses(answers).map((pass) => {
    const lengths = pass.map(lengthOf);
    const { logProbs, entropies } = computed(() => readPass(policy, pass, temperature));
    return { logProbs: inLengths(logProbs, lengths), entropies: inLengths(entropies, lengths) };
  });
  return {
    logProbs: passes.flatMap(({ logProbs }) => logProbs),
    entropies: passes.flatMap(({ entropies }) => entropies),
  };
}

function readPass(policy: Gpt, pass: readonly Answer[], temperature: number) {
  const { batch, targets } = answerBatch(pass);
  const hidden = readStates(policy, batch, targets.at);
  const scores = logits(policy, hidden);
  // Scores at another temperature are made of the hidden states, as everywhere, so that no bit differs.
  const scaled = temperature === 1 ? scores : logits(policy, atTemperature(hidden, temperature));
  const logProbs = Float64Array.from(valuesOf(logProbsOfScores(scaled, targets.ids)));
  const width = policy.shape.config.vocab_size;
  const values = valuesOf(scores);
  const entropies = Float64Array.from({ length: values.length / width }, (_, row) =>
    entropyOfLogits(values.subarray(row * width, (row + 1) * width), temperature),
  );
  return { logProbs, entropies };
}
