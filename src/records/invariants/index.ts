import type { Method } from '../../strategies/methods/method.js';
import type { Rounds } from '../../strategies/methods/parts.js';
import type { Stage } from '../../../machines/protocol.js';
import type { Device } from '../../learning/clients/settings.js';
import type { Channel } from '../../radio/channel/settings.js';
import type { RunEvent, RunObserver } from '../run-event.js';
import { atMostOnceAggregation } from './at-most-once.js';
import { band } from './band.js';
import { causality } from './causality.js';
import type { Checker } from './checker.js';
import { conservation } from './conservation.js';
import { cost } from './cost.js';
import { energy } from './energy.js';
import { partialAggregation } from './partial-aggregation.js';
import { oneSlot } from './one-slot.js';
import { orders } from './orders.js';
import { phaseOrder } from './phase-order.js';
import { roundOrder } from './round-order.js';
import { whoIsOn } from './who-is-on.js';
import { versions } from './versions.js';

export { InvariantViolation, type AggregatedUpdate, type Checker } from './checker.js';

/** All checkers of a run, as one observer, which throws the first InvariantViolation. */
export function createCheckers(
  scenario: {
    readonly seed: number;
    readonly channel: Channel;
    readonly clients: { readonly count: number; readonly devices: readonly Pick<Device, 'transmitter'>[] };
    readonly stages: readonly Stage[];
  } & Rounds,
  method: Method,
): RunObserver {
  const checkers: readonly Checker[] = [
    conservation(),
    causality(),
    cost(scenario),
    energy(),
    atMostOnceAggregation(),
    orders(),
    roundOrder(scenario.stages),
    versions(),
    partialAggregation(method, scenario),
    phaseOrder(scenario.stages[0]!),
    whoIsOn(),
    band(),
    oneSlot(scenario.channel),
  ];
  return {
    next: (event) => checkers.forEach((checker) => hear(checker, event)),
    complete: () => checkers.forEach(({ finish }) => finish?.()),
  };
}

function hear({ onBus, onMetric, onMessage, onTask, onAggregate, onBand }: Checker, event: RunEvent): void {
  if (event.type === 'bus') onBus?.(event.event);
  if (event.type === 'row') onMetric?.(event.row);
  if (event.type === 'message-ended') onMessage?.(event.row);
  if (event.type === 'task-started') onTask?.(event);
  if (event.type === 'band') onBand?.(event.direction, event.given);
  if (event.type === 'aggregate') onAggregate?.(event.updates);
}
