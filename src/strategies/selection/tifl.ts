import Type from 'typebox';
import { mean } from '../../moments.js';
import type { Stream } from '../../simulation/random/stream.js';
import { drawnBy, inOrder } from './picks.js';
import { selection, type ToSelect } from './selection.js';

/**
 * Tiers by latency (Chai et al., "TiFL: a tier-based federated learning system", HPDC 2020, Algorithm 2). The
 * first versions of a stage profile: each client is asked once. Then the clients stand in tiers of equal size by
 * the seconds of their first answer, without one in the slowest. A version draws one tier that has credits
 * left, uses one of them up, and draws clients in it without replacement. At first all tiers are equally
 * likely. Every `interval` versions, where the tier drawn last has not become better since the interval before,
 * the i-th worst of the tiers gets the probability (n − i) / (n (n − 1) / 2), n the tiers with credits.
 *
 * Departures: a tier's accuracy on test data of its clients, which the server does not have, is minus the mean
 * of the losses that they reported last. Profiling is part of the run and uses no credits. Clients that did not
 * answer then are not left out for good. Where a draw would have no end (nobody can be selected in a tier with
 * credits and a probability), all tiers with somebody to select are equally likely.
 */
export const tifl = selection({
  name: 'tifl',
  description: 'of one tier of clients with like latency',
  options: Type.Object({
    tiers: Type.Integer({ minimum: 1, default: 5, description: 'how many: T' }),
    interval: Type.Integer({
      minimum: 1,
      default: 10,
      description: 'versions after which the probabilities may change: I',
    }),
    credits: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      default: null,
      description: 'how often a tier may be drawn in a stage; null: without limit',
    }),
  }),
  misfit: ({ tiers, credits }, { clients, size, versions }) => {
    const most = Math.floor(clients / size);
    if (tiers > most) {
      const expected = `at most ${most}, so that each tier has the ${size} clients that are selected`;
      return { option: 'tiers', expected };
    }
    if (credits === null || credits * tiers >= versions) return null;
    const expected = `at least ${Math.ceil(versions / tiers)}, so that they last for the ${versions} versions of a stage`;
    return { option: 'credits', expected };
  },
  make:
    ({ tiers, interval, credits }) =>
    (given, draw) => {
      const { clients, size } = given;
      const unasked = clients.filter((client) => given.history[client]!.asked.length === 0);
      if (unasked.length > 0) return inOrder(clients, filledUp(unasked, given, draw));
      const course = courseOf(given, tiers, credits ?? Infinity);
      const tier = drawnTier(given, course, interval, draw);
      const own = clients.filter((client) => course.tierOf(client) === tier);
      return inOrder(clients, draw.shuffle(own).slice(0, size));
    },
});

/** Those who are to be profiled, and others in the places that they leave. */
function filledUp(unasked: readonly string[], { clients, size }: ToSelect, draw: Stream) {
  const others = clients.filter((client) => !unasked.includes(client));
  return [...draw.shuffle(unasked), ...draw.shuffle(others)].slice(0, size);
}

/** The tiers, from 0, the fastest, and what the draws before have left of their credits. */
interface Course {
  readonly tiers: readonly number[];
  readonly tierOf: (client: string) => number;
  /** The tier that was drawn for a version; undefined where it profiled, or asked nobody. */
  readonly drawnFor: (version: number) => number | undefined;
  /** Before a version. */
  readonly creditsLeft: (tier: number, version: number) => number;
}

function courseOf({ history }: ToSelect, count: number, credits: number): Course {
  const all = Object.keys(history);
  const seconds = (client: string) => history[client]!.reports[0]?.seconds ?? Infinity;
  const fastestFirst = [...all].sort((a, b) => (seconds(a) === seconds(b) ? 0 : seconds(a) - seconds(b)));
  const table = new Map(
    fastestFirst.map((client, rank) => [client, Math.floor((rank * count) / all.length)]),
  );
  const tierOf = (client: string) => table.get(client)!;
  const drawn = new Map<number, number>();
  const profiled = new Set(all.flatMap((client) => history[client]!.asked[0]?.version ?? []));
  for (const client of all) {
    for (const { version } of history[client]!.asked) {
      if (!profiled.has(version)) drawn.set(version, tierOf(client));
    }
  }
  return {
    tiers: Array.from({ length: count }, (_, tier) => tier),
    tierOf,
    drawnFor: (version) => drawn.get(version),
    creditsLeft: (tier, version) =>
      credits - [...drawn].filter(([at, other]) => at < version && other === tier).length,
  };
}

function drawnTier(given: ToSelect, course: Course, interval: number, draw: Stream): number {
  const { clients, version } = given;
  const { tiers, tierOf, creditsLeft } = course;
  const filled = tiers.filter((tier) => clients.some((client) => tierOf(client) === tier));
  const probability = probabilities(given, course, interval);
  const open = filled.filter((tier) => creditsLeft(tier, version) > 0 && probability(tier) > 0);
  const weight = (tier: string) => (open.length > 0 ? probability(Number(tier)) : 1);
  const [tier] = drawnBy(weight, (open.length > 0 ? open : filled).map(String), 1, draw);
  return Number(tier);
}

/** Of each tier, as of the last multiple of the interval at which they changed. */
function probabilities(given: ToSelect, course: Course, interval: number): (tier: number) => number {
  const { version } = given;
  const last = Math.floor(version / interval) * interval;
  for (let at = last; at >= interval; at -= interval) {
    const current = course.drawnFor(at - 1);
    if (current === undefined) continue;
    const isBetter = accuracy(given, course, current, at) > accuracy(given, course, current, at - interval);
    if (!isBetter) return byRank(given, course, at);
  }
  return () => 1;
}

/** (n − i) / D, D = n (n − 1) / 2, for the i-th worst of the n tiers with credits. */
function byRank(given: ToSelect, course: Course, at: number): (tier: number) => number {
  const value = new Map(course.tiers.map((tier) => [tier, accuracy(given, course, tier, at)]));
  const worstFirst = course.tiers
    .filter((tier) => course.creditsLeft(tier, at) > 0)
    .sort((a, b) => (value.get(a) === value.get(b) ? 0 : value.get(a)! - value.get(b)!));
  const n = worstFirst.length;
  return (tier) => (n > 1 ? (n - 1 - worstFirst.indexOf(tier)) / ((n * (n - 1)) / 2) : 1);
}

/** Minus the mean loss that a tier's clients had reported last before a version; −∞ where none had. */
function accuracy({ history }: ToSelect, course: Course, tier: number, before: number): number {
  const losses = Object.keys(history)
    .filter((client) => course.tierOf(client) === tier)
    .flatMap(
      (client) => history[client]!.reports.filter(({ version }) => version < before).at(-1)?.loss ?? [],
    );
  return losses.length === 0 ? -Infinity : -mean(losses);
}
