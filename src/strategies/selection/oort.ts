import Type, { type Static } from 'typebox';
import { least } from '../../extremes.js';
import { sum } from '../../moments.js';
import { drawnBy, greatestOf, inOrder, type Measure } from './picks.js';
import { selection, type ToSelect } from './selection.js';

const share = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description });

const options = Type.Object({
  exploration: share(
    0.9,
    'share of those selected who have not reported a loss yet, in the first version: ε',
  ),
  decay: share(0.98, 'what becomes of this share with each version'),
  leastExploration: share(0.2, 'what it does not fall below'),
  penalty: Type.Number({
    minimum: 0,
    default: 2,
    description: 'exponent of (T/t) for a client that takes t > T',
  }),
  preferred: share(
    0.3,
    'share of the measured clients that are no slower than the preferred time T, at first',
  ),
  pacerStep: share(0.05, 'how much this share grows when the utility has fallen'),
  pacerWindow: Type.Integer({ minimum: 1, default: 20, description: 'versions whose utility is compared' }),
  clip: share(0.95, 'percentile at which the statistical utility is cut off'),
  cutOff: share(
    0.95,
    'who has less than this share of the least utility that would be selected is not drawn',
  ),
});

type Options = Static<typeof options>;

/**
 * Guided selection (Lai, Zhu, Madhyastha and Chowdhury, "Oort: efficient federated learning via guided
 * participant selection", OSDI 2021, Algorithm 1). A client that has reported has the utility
 * (U + √(0.1 ln R / L)) (T/t)^α, the last factor only where t > T: U its rows times its loss, cut off at a
 * percentile and scaled to 0…1; R the version's number and L that of its last report, from 1; t its last
 * seconds from order to answer. As many as 1 − ε says are drawn by utility from those within 95 % of the last
 * of them; the others from those who have not reported, by the speed of their devices. Where either are too
 * few the others take their places. T is a percentile of the measured seconds; the pacer raises it when the
 * utility of a window of versions is below that of the window before.
 *
 * Departures: clients report one mean loss, so that √(mean loss²) over their rows is that mean; in stage 3 it
 * is minus the reward, and can be negative. No limit to how often one is selected, no fairness term, no noise.
 */
export const oort = selection({
  name: 'oort',
  description: 'by loss, rows and speed, with a share for those who are not known yet',
  options,
  make: (settings) => (given, draw) => {
    const { clients, size, version, history, profiles } = given;
    const known = clients.filter((client) => history[client]!.loss !== null);
    const unknown = clients.filter((client) => history[client]!.loss === null);
    const { exploration, decay, leastExploration } = settings;
    const epsilon = Math.max(leastExploration, exploration * decay ** version);
    const wanted = Math.min(known.length, Math.floor((1 - epsilon) * size + 1e-9));
    const exploited = Math.min(known.length, Math.max(wanted, size - unknown.length));
    const utility = utilities(given, known, settings);
    const speed: Measure = (client) => profiles[client]!.gigaflopsPerSecond;
    return inOrder(clients, [
      ...drawnBy(utility, contenders(known, exploited, utility, settings.cutOff), exploited, draw),
      ...drawnBy(speed, unknown, size - exploited, draw),
    ]);
  },
});

/** Those whose utility is at least the share `cutOff` of that of the last who would be selected by it alone. */
function contenders(known: readonly string[], count: number, utility: Measure, cutOff: number) {
  const [last] = greatestOf(known, count, utility).slice(-1);
  return last === undefined ? [] : known.filter((client) => utility(client) >= cutOff * utility(last));
}

function utilities(given: ToSelect, known: readonly string[], settings: Options): Measure {
  const { version, history, profiles } = given;
  const preferred = preferredSeconds(given, settings);
  const statistical: Measure = (client) => profiles[client]!.rows * history[client]!.loss!;
  const all = known.map(statistical);
  const [lowest, highest] = [least(all), percentile(all, settings.clip)];
  const values = known.map((client) => {
    const scaled =
      highest === lowest ? 0 : (Math.min(statistical(client), highest) - lowest) / (highest - lowest);
    const unseen = Math.sqrt((0.1 * Math.log(version + 1)) / (history[client]!.version! + 1));
    const seconds = history[client]!.seconds!;
    const slowness = seconds > preferred ? (preferred / seconds) ** settings.penalty : 1;
    return [client, (scaled + unseen) * slowness] as const;
  });
  const table = new Map(values);
  return (client) => table.get(client)!;
}

/** T: a percentile of the measured seconds, which the pacer has raised so often. */
function preferredSeconds(given: ToSelect, { preferred, pacerStep, pacerWindow }: Options): number {
  const { version, history } = given;
  let of = preferred;
  for (let end = 2 * pacerWindow; end <= version; end += pacerWindow) {
    const before = utilityOf(given, end - 2 * pacerWindow, end - pacerWindow);
    if (before > utilityOf(given, end - pacerWindow, end)) of += pacerStep;
  }
  return percentile(
    Object.values(history).flatMap(({ seconds }) => seconds ?? []),
    of,
  );
}

/** Rows times loss of what was reported for the versions from `first` to before `end`. */
function utilityOf({ history, profiles }: ToSelect, first: number, end: number): number {
  return sum(
    Object.entries(history).flatMap(([client, { reports }]) =>
      reports
        .filter(({ version }) => version >= first && version < end)
        .map(({ loss }) => profiles[client]!.rows * (loss ?? 0)),
    ),
  );
}

/** The value below which a share of the values is, the greatest where it is all of them. */
function percentile(values: readonly number[], of: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(of * sorted.length + 1e-9), sorted.length - 1)] ?? Infinity;
}
