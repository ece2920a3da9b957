import type { Method } from '../../strategies/methods/method.js';
import type { Rounds } from '../../strategies/methods/parts.js';
import type { Stage } from '../../../machines/protocol.js';
import type { Device } from '../../learning/clients/settings.js';
import type { Channel } from '../../radio/channel/settings.js';
import type { DisciplineSettings, DisciplineStrategy } from '../../strategies/disciplines/discipline.js';
import type { RunEvent, RunObserver } from '../run-event.js';
import { atMostOnceAggregation } from './at-most-once.js';
import { band } from './band.js';
import { battery } from './battery.js';
import { causality } from './causality.js';
import { InvariantViolation, type Checker } from './checker.js';
import { commit } from './commit.js';
import { conservation } from './conservation.js';
import { copies } from './copies.js';
import { cost } from './cost.js';
import { energy } from './energy.js';
import { frozenRewards } from './frozen-rewards.js';
import { holdings } from './holdings.js';
import { oneSlot } from './one-slot.js';
import { orders } from './orders.js';
import { parameters } from './parameters.js';
import { partialAggregation } from './partial-aggregation.js';
import { phaseOrder } from './phase-order.js';
import { quorum } from './quorum.js';
import { roundOrder } from './round-order.js';
import { boundOf, staleness } from './staleness.js';
import { Trail } from './trail.js';
import { versions } from './versions.js';
import { weights } from './weights.js';
import { whoIsOn } from './who-is-on.js';

export { InvariantViolation, type AggregatedUpdate, type Checker } from './checker.js';

/** The names that violations are reported under. */
export const invariants: readonly string[] = [
  ...['conservation', 'causality', 'cost', 'energy', 'at-most-once aggregation', 'copies', 'orders'],
  ...[
    'round order',
    'versions',
    'staleness',
    'quorum',
    'weights',
    'partial aggregation',
    'parameters',
    'holdings',
  ],
  ...['frozen rewards', 'commit on delivery', 'phase order', 'who is on', 'battery', 'band', 'one-slot'],
];

interface Checked extends Rounds {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number; readonly devices: readonly Pick<Device, 'transmitter'>[] };
  readonly stages: readonly Stage[];
  readonly reward: Rounds['instruction'];
  readonly server: DisciplineSettings & { readonly quorum: number };
}

/** All checkers of a run, as one observer, which throws the first InvariantViolation with the events before it. */
export function createCheckers(
  scenario: Checked,
  method: Method,
  discipline: Pick<DisciplineStrategy, 'usualStaleness'>,
): RunObserver {
  const checkers = checkersOf(scenario, method, discipline);
  const trail = new Trail();
  const tell = listenersOf(checkers);
  const reported = (error: unknown, isOver: boolean) => {
    if (!(error instanceof InvariantViolation)) return error;
    const lastEvents = trail.lines;
    const when = isOver ? 'at the end of the run' : `at ${lastEvents.at(-1) ?? 'its beginning'}`;
    return new InvariantViolation(error.invariant, error.what, { seed: scenario.seed, when, lastEvents });
  };
  return {
    next: (event) => {
      trail.add(event);
      try {
        tell(event);
      } catch (error) {
        throw reported(error, false);
      }
    },
    complete: () => {
      try {
        for (const { finish } of checkers) finish?.();
      } catch (error) {
        throw reported(error, true);
      }
    },
  };
}

function checkersOf(
  scenario: Checked,
  method: Method,
  discipline: Pick<DisciplineStrategy, 'usualStaleness'>,
): readonly Checker[] {
  return [
    conservation(scenario.channel.faults.some(({ effect }) => effect === 'delay')),
    causality(),
    cost(scenario),
    energy(),
    atMostOnceAggregation(),
    copies(),
    orders(),
    roundOrder(scenario.stages, scenario),
    versions(),
    staleness(boundOf(discipline, scenario.server)),
    quorum(scenario.server.quorum),
    weights(),
    partialAggregation(method, scenario),
    parameters(method),
    holdings(method),
    frozenRewards(),
    commit(),
    phaseOrder(scenario.stages[0]!),
    whoIsOn(),
    battery(),
    band(),
    oneSlot(scenario.channel),
  ];
}

/** Brings an event to the checkers that hear of its kind; most hear of few kinds. */
function listenersOf(checkers: readonly Checker[]): (event: RunEvent) => void {
  const bus = checkers.flatMap(({ onBus }) => onBus ?? []);
  const metric = checkers.flatMap(({ onMetric }) => onMetric ?? []);
  const message = checkers.flatMap(({ onMessage }) => onMessage ?? []);
  const task = checkers.flatMap(({ onTask }) => onTask ?? []);
  const work = checkers.flatMap(({ onWork }) => onWork ?? []);
  const band = checkers.flatMap(({ onBand }) => onBand ?? []);
  const aggregate = checkers.flatMap(({ onAggregate }) => onAggregate ?? []);
  const state = checkers.flatMap(({ onState }) => onState ?? []);
  const clock = checkers.flatMap(({ onClock }) => onClock ?? []);
  return (event) => {
    switch (event.type) {
      case 'bus':
        return each(bus, event.event);
      case 'row':
        return each(metric, event.row);
      case 'message-ended':
        return each(message, event.row);
      case 'task-started':
        each(task, event);
        return each(work, event);
      case 'task-finished':
      case 'task-dropped':
        return each(work, event);
      case 'band':
        for (const onBand of band) onBand(event.direction, event.given);
        return;
      case 'aggregate':
        return each(aggregate, event.updates);
      case 'published':
      case 'heeded':
      case 'weights':
      case 'kept':
      case 'charge':
        return each(state, event);
      case 'clock':
        for (const onClock of clock) onClock();
        return;
      case 'try-failed':
      case 'manifest':
      case 'message':
      case 'params':
      case 'actor-registered':
      case 'actor':
    }
  };
}

function each<Event>(listeners: readonly ((event: Event) => void)[], event: Event): void {
  for (const listen of listeners) listen(event);
}
