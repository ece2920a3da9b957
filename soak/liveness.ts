import type { Ended, MetricRow, RoundRow } from '../src/records/rows.js';
import type { Scenario } from '../src/scenario/schema.js';
import { nameOf } from '../src/strategies/strategy.js';

/**
 * Virtual seconds after which a run's last round is closed, whatever happens to its clients and links: every version
 * is made at its deadline at the latest, and a server of no given speed aggregates in no time. Null where a stage
 * has no deadline, or the server a speed.
 */
export function boundSeconds(scenario: Scenario): number | null {
  if (scenario.server.gigaflopsPerSecond !== null) return null;
  let bound = 0;
  for (const stage of scenario.stages) {
    const deadline = deadlineOf(scenario, stage);
    if (deadline === null) return null;
    bound += scenario[stage].maxRounds * deadline;
  }
  return bound;
}

function deadlineOf({ server: { discipline }, ...scenario }: Scenario, stage: Scenario['stages'][number]) {
  if (nameOf(discipline) !== 'timed') return scenario[stage].deadlineSeconds;
  return (discipline as unknown as { readonly everySeconds: number }).everySeconds;
}

/** When the last trouble of a scenario is over; null where one goes on for ever, or comes again by chance. */
export function healedSeconds({ channel, clients, timeline }: Scenario): number | null {
  const { lossProbability, ackLossProbability, gilbertElliott, fading, uplink, downlink } = channel;
  const isQuiet =
    [lossProbability, ackLossProbability, uplink.lossProbability ?? 0, downlink.lossProbability ?? 0].every(
      (probability) => probability === 0,
    ) &&
    gilbertElliott === null &&
    nameOf(fading) === 'none' &&
    clients.availability === 1 &&
    nameOf(clients.presence) === 'always';
  if (!isQuiet) return null;
  const ends = [...channel.faults.map(endOfFault), ...timeline.map(endOfEntry)];
  return ends.includes(null) ? null : Math.max(0, ...(ends as number[]));
}

/** A message that was delayed, or copied, shortly before the fault's end comes so much later. */
function endOfFault({ effect, toSeconds, delaySeconds = 1 }: Scenario['channel']['faults'][number]) {
  if (toSeconds === undefined || effect === 'slow') return null;
  return toSeconds + (effect === 'delay' || effect === 'duplicate' ? delaySeconds : 0);
}

function endOfEntry({ atSeconds, do: actions }: Scenario['timeline'][number]): number | null {
  if (atSeconds === undefined) return null;
  const ends = actions.map((action) => {
    if (action.action === 'join') return atSeconds;
    // That somebody joins again is not looked for: by construction every one who leaves does.
    if (action.action === 'leave') return atSeconds;
    return 'seconds' in action && action.seconds !== undefined ? atSeconds + action.seconds : null;
  });
  return ends.includes(null) ? null : Math.max(...(ends as number[]));
}

/** What a run did not come to in time, in words; null: nothing. */
export function livenessProblem(
  scenario: Scenario,
  ended: Ended,
  metrics: readonly MetricRow[],
): string | null {
  const bound = boundSeconds(scenario);
  const rounds = metrics.filter((row): row is RoundRow => row.type === 'round');
  if (bound === null) return null;
  const late = rounds.find(({ virtualSeconds }) => virtualSeconds > bound * (1 + 1e-9));
  if (late)
    return `a round was closed after the bound of all rounds: at ${late.virtualSeconds} s, bound ${bound} s`;
  const isInTime = scenario.limits.virtualSeconds === null || scenario.limits.virtualSeconds > bound;
  if (isInTime && ended.reason !== 'finished')
    return `a run with deadlines did not finish: ${JSON.stringify(ended)}`;
  return emptyProblem(scenario, rounds);
}

/** Whether versions wait for their clients, and for any one of them. */
const waitsForAnyone = ({ server: { discipline, quorum } }: Scenario) =>
  nameOf(discipline) !== 'timed' && quorum === 1;

/**
 * A version that opens when everything is well, and has been for a deadline, gets an update: who was lost, or at work
 * on something older, has been given up by then. Where versions have a time of their own it may be too short;
 * a quorum may miss.
 */
function emptyProblem(scenario: Scenario, rounds: readonly RoundRow[]): string | null {
  const empty = whenWell(scenario, rounds).find(({ updates }) => updates === 0);
  if (!empty) return null;
  const { stage, round, virtualSeconds } = empty;
  return `nobody answered in a round when all was well: ${stage} ${round}, closed at ${virtualSeconds} s`;
}

/** Rounds that were opened when everything was well, and so are held to an answer. */
export function whenWell(scenario: Scenario, metrics: readonly MetricRow[]): readonly RoundRow[] {
  const healed = healedSeconds(scenario);
  if (healed === null || boundSeconds(scenario) === null || !waitsForAnyone(scenario)) return [];
  return metrics
    .filter((row): row is RoundRow => row.type === 'round')
    .filter((row) => row.virtualSeconds - row.seconds > healed + scenario[row.stage].deadlineSeconds!);
}
