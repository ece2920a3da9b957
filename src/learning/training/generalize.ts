import { mapValues } from '../../map-values.js';
import type { ModelShape } from '../model/model-shape.js';
import { baseWeights } from '../model/weights.js';
import { measure } from './evaluate.js';
import type { Measurement } from './measurement.js';
import type { TaskFunction, TaskRequest } from './task.js';

/** Measures a model on each of several tables, by teacher forcing; changes nothing. */
export const generalize: TaskFunction<'generalize'> = ({ model, params, data }) =>
  Promise.resolve({ output: {}, metrics: measureEach(model, params, data) });

/** The same of a model under each of several mixtures of its slots. */
export const interpolate: TaskFunction<'interpolate'> = ({ model, params, data, hyper: { mixtures } }) => {
  const metrics = mapValues(mixtures, (mixture) => measureEach({ ...model, mixture }, params, data));
  return Promise.resolve({ output: {}, metrics });
};

function measureEach(
  shape: ModelShape,
  { base, tuned }: TaskRequest<'generalize'>['params'],
  tables: TaskRequest<'generalize'>['data'],
): Readonly<Record<string, Measurement>> {
  const weights = baseWeights(base);
  return mapValues(tables, (table) => measure(shape, weights, tuned, table));
}
