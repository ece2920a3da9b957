import { sharedFloats } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation } from '../aggregation/aggregation.js';
import { weightedMean } from '../aggregation/weighted-mean.js';

/** SCAFFOLD (Karimireddy et al. 2020): c ← c + |S|/N · mean of c_i⁺ − c_i, N the clients of the run. */
export const controlVariates = aggregation({
  name: 'control-variates',
  description: 'the server’s control variate moves by what the clients’ have moved',
  options: closed({}),
  make:
    () =>
    ({ global, updates, clients, memory }) => {
      const moved = weightedMean(updates, () => 1);
      const share = updates.length / Object.keys(clients).length;
      const values = sharedFloats(moved.values.length);
      for (let i = 0; i < values.length; i++) values[i] = (global?.values[i] ?? 0) + share * moved.values[i]!;
      return { global: { kind: moved.kind, tensors: moved.tensors, values }, memory };
    },
});
