import { sum } from '../../moments.js';
import type { BusEvent } from '../../simulation/bus/bus.js';
import type { TaskDropped, TaskFinished, TaskStarted } from '../run-event.js';
import type { ChargeEvent } from '../state-events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('battery');

/** The clock keeps whole microseconds. */
const rounding = 1e-6;

/** A battery by what the checker has heard itself. */
interface Account {
  told: ChargeEvent | null;
  /** Joules of its radio since it was told last. */
  radio: number;
  /** Watts of the tasks that its device works on, by their numbers. */
  readonly tasks: Map<number, number>;
}

/**
 * A battery is never below zero nor above its capacity; its charge moves by what charges it, by what the tasks under
 * way draw, and by what attempts of its links cost; and an empty one that nothing charges lets its device do nothing.
 * Only the attempt that empties it may take more than there was left: its cost is known at its end.
 */
export function battery(): Checker {
  const accounts = new Map<string, Account>();
  const unproven = new Set<string>();
  const accountOf = (actor: string) => {
    const account = accounts.get(actor) ?? { told: null, radio: 0, tasks: new Map<number, number>() };
    accounts.set(actor, account);
    return account;
  };
  return {
    onBus(event) {
      for (const [actor, joules] of radioOf(event)) accountOf(actor).radio += joules;
    },
    onWork(event) {
      const { tasks } = accountOf(event.actor);
      if (event.type === 'task-started') tasks.set(event.number, wattsOf(event));
      else tasks.delete(event.number);
      unproven.add(event.actor);
    },
    onMetric(row) {
      if (row.type === 'presence' && !row.on) accountOf(row.actor).tasks.clear();
    },
    onState(event) {
      if (event.type !== 'charge') return;
      const account = accountOf(event.actor);
      checkCharge(event, account);
      Object.assign(account, { told: event, radio: 0 });
      unproven.add(event.actor);
    },
    onClock() {
      for (const actor of unproven) checkWatts(actor, accountOf(actor));
      unproven.clear();
    },
  };
}

function radioOf(event: BusEvent): readonly (readonly [string, number])[] {
  if (event.phase !== 'attempt') return [];
  const { attempt, envelope } = event;
  return [
    [envelope.from, attempt.transmitJoules + attempt.idleJoules],
    [envelope.to, attempt.receiveJoules],
  ];
}

function checkCharge(now: ChargeEvent, { told, radio }: Account): void {
  const { actor, joules, capacityJoules, virtualSeconds } = now;
  if (!(joules >= 0 && joules <= capacityJoules)) {
    fail(`${actor} has ${joules} J in a battery of ${capacityJoules} J at ${virtualSeconds} s`);
  }
  if (told === null) return;
  const seconds = virtualSeconds - told.virtualSeconds;
  const watts = told.chargingWatts - told.computingWatts;
  const flowed = told.joules + watts * seconds;
  const slack = rounding * (told.chargingWatts + told.computingWatts) + 1e-9 * capacityJoules;
  if (flowed < -slack) {
    fail(`${actor} was at ${flowed} J at ${virtualSeconds} s: it computed on with an empty battery`);
  }
  const expected = Math.max(0, Math.min(capacityJoules, flowed) - radio);
  if (Math.abs(joules - expected) <= slack) return;
  fail(
    `${actor} has ${joules} J at ${virtualSeconds} s; by what flowed and what its radio took it has ${expected} J`,
  );
}

function checkWatts(actor: string, { told, tasks }: Account): void {
  const drawn = told?.isOn ? sum([...tasks.values()]) : 0;
  const found = told?.computingWatts ?? 0;
  if (told === null || Math.abs(found - drawn) <= 1e-9 * Math.max(1, drawn)) return;
  fail(`${actor}'s battery gives ${found} W to tasks that draw ${drawn} W`);
}

function wattsOf(event: TaskStarted | TaskFinished | TaskDropped): number {
  if (event.type !== 'task-started' || event.seconds === 0) return 0;
  return event.joules / event.seconds;
}
