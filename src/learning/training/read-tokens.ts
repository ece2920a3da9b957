import { computed, valuesOf } from '../model/backend.js';
import { inPieces, logits, logProbsOfScores } from '../model/log-probs.js';
import type { Gpt } from '../model/gpt.js';
import { readStates } from '../model/read-states.js';
import type { Answer } from '../model/reward-features.js';
import { answerBatch } from './batches.js';
import { entropyOfLogits } from './ppo/entropy.js';
import { answerPasses, atTemperature, inLengths, lengthOf } from './rollout.js';

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
  const passes = answerPasses(policy, answers).map((pass) => {
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
  const width = policy.shape.config.vocab_size;
  const logProbs = new Float64Array(targets.ids.length);
  const entropies = new Float64Array(targets.ids.length);
  inPieces(policy, readStates(policy, batch, targets.at), ({ hidden, from, to }) => {
    const scores = logits(policy, hidden);
    // Scores at another temperature are made of the hidden states, as everywhere, so that no bit differs.
    const scaled = temperature === 1 ? scores : logits(policy, atTemperature(hidden, temperature));
    logProbs.set(valuesOf(logProbsOfScores(scaled, targets.ids.slice(from, to))), from);
    const values = valuesOf(scores);
    for (let row = 0; row < to - from; row++) {
      entropies[from + row] = entropyOfLogits(values.subarray(row * width, (row + 1) * width), temperature);
    }
  });
  return { logProbs, entropies };
}
