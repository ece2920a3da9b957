import { baseWeights } from '../model/weights.js';
import { measure } from './evaluate.js';
import { derived } from './figure.js';
import type { TaskFunction } from './task.js';

/** Perplexity of a text: exp of the mean negative log-likelihood of a token, given those before it in its row. */
export const perplexity: TaskFunction<'perplexity'> = ({ model, params, data }) => {
  const { loss } = measure(model, baseWeights(params.base), params.tuned, data.text);
  return Promise.resolve({ output: {}, metrics: { textLoss: loss, perplexity: derived([loss], Math.exp) } });
};
