import type { Method } from '../../strategies/methods/index.js';
import type { Channel } from '../../radio/channel/settings.js';
import { atMostOnceAggregation } from './at-most-once.js';
import { causality } from './causality.js';
import type { Checker } from './checker.js';
import { conservation } from './conservation.js';
import { cost } from './cost.js';
import { finiteTensors } from './finite-tensors.js';
import { partialAggregation } from './partial-aggregation.js';
import { phaseOrder } from './phase-order.js';
import { roundOrder } from './round-order.js';

export { InvariantViolation, type AggregatedUpdate, type Checker } from './checker.js';

/** All checkers of a run, as one. */
export type Checkers = Required<Checker>;

export function createCheckers(scenario: { readonly channel: Channel }, method: Method): Checkers {
  const checkers: readonly Checker[] = [
    conservation(),
    causality(),
    cost(scenario.channel),
    atMostOnceAggregation(),
    roundOrder(),
    partialAggregation(method),
    phaseOrder(),
    finiteTensors(),
  ];
  return {
    onBus: (event) => checkers.forEach(({ onBus }) => onBus?.(event)),
    onMetric: (row) => checkers.forEach(({ onMetric }) => onMetric?.(row)),
    onAggregate: (updates) => checkers.forEach(({ onAggregate }) => onAggregate?.(updates)),
    onParams: (set) => checkers.forEach(({ onParams }) => onParams?.(set)),
    finish: () => checkers.forEach(({ finish }) => finish?.()),
  };
}
