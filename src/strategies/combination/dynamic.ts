import Type from 'typebox';
import { sharedFloats, type ParamSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation, type Update } from '../aggregation/aggregation.js';
import { weightedMean } from '../aggregation/weighted-mean.js';

/**
 * FedDyn (Acar et al. 2021): h ← h − α/N Σ_S (θ_k − w), N the clients of the run, w what each began with; the global
 * model is the plain mean of θ_k less h/α.
 */
export const dynamic = aggregation({
  name: 'dynamic',
  description: 'the plain mean, corrected by what the clients have drifted so far',
  options: closed({
    alpha: Type.Number({ exclusiveMinimum: 0, description: 'of the clients’ dynamic regularizer' }),
  }),
  needsBase: () => true,
  make:
    ({ alpha }) =>
    ({ updates, clients, memory }) => {
      const mean = weightedMean(updates, () => 1);
      const drift = weightedMean(updates.map(drifted), () => 1);
      const share = updates.length / Object.keys(clients).length;
      const before = memory.sets['h']?.values;
      const [h, values] = [sharedFloats(mean.values.length), sharedFloats(mean.values.length)];
      for (let i = 0; i < values.length; i++) {
        h[i] = (before?.[i] ?? 0) - alpha * share * drift.values[i]!;
        values[i] = mean.values[i]! - h[i]! / alpha;
      }
      const like = (numbers: Float32Array): ParamSet => ({
        kind: mean.kind,
        tensors: mean.tensors,
        values: numbers,
      });
      return { global: like(values), memory: { ...memory, sets: { h: like(h) } } };
    },
});

/** θ − w of an update in place of θ. */
function drifted(update: Update): Update {
  const { params, base } = update;
  if (!base) throw new Error(`${update.client} sent an update that was made from nothing known`);
  const values = sharedFloats(params.values.length);
  for (let i = 0; i < values.length; i++) values[i] = params.values[i]! - base.values[i]!;
  return { ...update, params: { ...params, values } };
}
