import { closed, count } from '../../settings/form.js';
import type { ParamSet } from '../../learning/params/param-set.js';
import { aggregation, type Aggregation, type ToAggregate } from './aggregation.js';
import { inOrder, weightedMean } from './weighted-mean.js';

/** What the cache holds of a client, and the version that it is of. */
interface Entry {
  readonly params: ParamSet;
  readonly version: number;
}

/**
 * w = Σ (n_k/n) cache_k over all clients, n_k their rows (Wu et al., SAFA: a Semi-Asynchronous Protocol for
 * Fast Federated Learning with Low Overhead, IEEE Transactions on Computers 70(5), 2021). Updates enter the
 * cache before the mean is made; a client of whom nothing has come counts with the global model of the stage's
 * beginning, and an entry that lags more than the bound with the global model as it is. Staleness does not
 * count otherwise. Undrafted updates, which enter the cache after the mean, are the discipline's.
 */
export const safa = aggregation({
  name: 'safa',
  description: 'the mean over the last update of every client',
  options: closed({
    bound: count(
      0,
      5,
      'τ, how many versions an entry of the cache may lag before the global model replaces it',
    ),
  }),
  make: ({ bound }) => overCache(bound),
});

function overCache(bound: number): Aggregation {
  return (given) => {
    const entries = cacheWith(given, bound);
    const about = given.updates[0]!;
    const cached = Object.entries(entries).map(([client, { params }]) => ({ ...about, client, params }));
    return {
      global: weightedMean(cached, ({ client }) => given.clients[client]!.rows),
      memory: {
        sets: Object.fromEntries(cached.map(({ client, params }) => [client, params])),
        notes: Object.fromEntries(Object.entries(entries).map(([client, { version }]) => [client, version])),
      },
    };
  };
}

/** The cache with this version's updates in it; without those of whom there is neither an update nor a model. */
function cacheWith({ global, updates, version, clients, memory }: ToAggregate, bound: number) {
  const entries: Record<string, Entry> = {};
  for (const client of Object.keys(clients)) {
    const [params, of] = [memory.sets[client], Number(memory.notes[client] ?? version)];
    const isOld = !params || version - of > bound;
    if (!isOld) entries[client] = { params, version: of };
    else if (global) entries[client] = { params: global, version };
  }
  for (const { client, params, version: of } of inOrder(updates)) entries[client] = { params, version: of };
  return entries;
}
