import { mapValues } from '../../map-values.js';
import { baseWeights } from '../model/weights.js';
import { measure } from './evaluate.js';
import type { TaskFunction } from './task.js';

/** Measures a model on each of several tables, by teacher forcing; changes nothing. */
export const generalize: TaskFunction<'generalize'> = ({ model, params, data }) => {
  const base = baseWeights(params.base);
  const metrics = mapValues(data, (table) => measure(model, base, params.tuned, table));
  return Promise.resolve({ output: {}, metrics });
};
