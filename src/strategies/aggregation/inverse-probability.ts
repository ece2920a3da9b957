import Type from 'typebox';
import { closed } from '../../settings/form.js';
import { aggregation, type Aggregation, type ToAggregate } from './aggregation.js';
import { plus, stepped } from './deltas.js';
import { of, type Of } from './mean.js';
import { weightBy, weighting, type Weighting } from './own-options.js';

/**
 * w ← w + (1/n) Σ n_i/p_i (w_i − w) over the updates: n_i rows, n those of all clients that were asked, p_i the
 * probability that an order of client i comes to an update in an aggregate, estimated as its updates so far over
 * its orders so far in the stage. So a client whose link loses or delays its updates counts, in the long run,
 * like one whose link does not (the estimator of Horvitz and Thompson, 1952; with probabilities that are learned
 * on the way: Wang and Ji, A Lightweight Method for Tackling Unknown Participation Statistics in Federated
 * Averaging, ICLR 2024). Where everybody always answers it is FedAvg. The weights of one version add up to 1 in
 * the mean over versions alone; normalised they do in each (Hájek's form), and the rare client counts for less.
 * With deltas it is Δ_i in place of w_i − w. A stale update counts less.
 */
export const inverseProbability = aggregation({
  name: 'inverse-probability',
  description: 'mean in which a client counts the more the less often its updates arrive',
  options: closed({
    least: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'the smallest probability that counts, so that no client outweighs all others',
    }),
    normalized: Type.Boolean({
      default: false,
      description: 'whether the weights of the updates at hand are divided by their sum',
    }),
    weighting: weighting('rows'),
    of,
  }),
  needsBase: (options) => options.of === 'deltas',
  make: corrected,
});

interface Settings {
  readonly least: number;
  readonly normalized: boolean;
  readonly weighting: Weighting;
  readonly of: Of;
  readonly stalenessExponent: number;
}

function corrected({ least, normalized, weighting, of, stalenessExponent }: Settings): Aggregation {
  const weightOf = weightBy(weighting, stalenessExponent);
  return (given) => {
    const { global, clients } = given;
    const arrived = arrivals(given);
    const probability = (client: string) =>
      Math.max(least, Math.min(1, arrived[client]! / clients[client]!.orders));
    const updates =
      of === 'deltas' ? given.updates : given.updates.map((each) => ({ ...each, base: global }));
    const atHand = given.updates.map(({ client }) => client);
    const asked = sumOf(clients, atHand, weighting);
    const next = stepped(
      { global, updates },
      (update) => weightOf(update) / probability(update.client),
      (sum, { values }) => plus(values, sum.values, 1 / (normalized ? sum.weight : asked)),
    );
    return { global: next, memory: { sets: {}, notes: arrived } };
  };
}

/**
 * n: the rows of all clients that were asked, or how many they are; one whose late update is at hand was asked
 * before. RangeError where that is 0.
 */
function sumOf(clients: ToAggregate['clients'], atHand: readonly string[], weighting: Weighting): number {
  const asked = Object.entries(clients).filter(([id, { isAsked }]) => isAsked || atHand.includes(id));
  const sum = asked.reduce((total, [, { rows }]) => total + (weighting === 'rows' ? rows : 1), 0);
  if (sum === 0) throw new RangeError('the clients that were asked have no training rows');
  return sum;
}

/** How many updates of each client have come so far, these included. */
function arrivals({ updates, memory }: ToAggregate): Readonly<Record<string, number>> {
  const counts = new Map(Object.entries(memory.notes).map(([client, count]) => [client, Number(count)]));
  for (const { client } of updates) counts.set(client, (counts.get(client) ?? 0) + 1);
  return Object.fromEntries([...counts].sort());
}
