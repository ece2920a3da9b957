import { violationsOf, type Checker } from './checker.js';

/** The clock keeps whole microseconds: every attempt and every wait may be rounded by half a one. */
const roundingSeconds = 1e-6;

/**
 * Nothing comes before its cause: virtual time never runs back, messages are sent in the order of their
 * numbers, none ends before it was sent and was on the air for as long as its account says, and no task ends before the
 * time that it takes is over.
 */
export function causality(): Checker {
  let nowSeconds = 0;
  let lastSent = 0;
  const sentAt = new Map<number, number>();
  /** When tasks are due, by their numbers. */
  const dueAt = new Map<number, number>();
  const fail = violationsOf('causality');
  const advance = (seconds: number, what: string) => {
    if (!(seconds >= nowSeconds)) fail(`${what} at ${seconds} s, when it was ${nowSeconds} s already`);
    nowSeconds = seconds;
  };

  return {
    onBus({ phase, atSeconds, envelope: { id }, attempts, onAirSeconds }) {
      const what = `message ${id} was ${phase === 'attempt' ? 'attempted' : phase}`;
      advance(atSeconds, what);
      if (phase === 'sent' || phase === 'duplicated') {
        if (id <= lastSent) fail(`${what} after message ${lastSent}`);
        lastSent = id;
        sentAt.set(id, atSeconds);
        return;
      }
      const from = sentAt.get(id) ?? fail(`${what} before it was sent`);
      const earliest = from + onAirSeconds;
      if (atSeconds < earliest - roundingSeconds * (attempts + 1)) {
        fail(`${what} at ${atSeconds} s, although sent at ${from} s and on the air for ${onAirSeconds} s`);
      }
    },
    onWork(event) {
      const { type, number, actor, task, virtualSeconds } = event;
      if (type === 'task-started') {
        dueAt.set(number, virtualSeconds + event.seconds);
        return;
      }
      const due = dueAt.get(number) ?? fail(`${actor}'s task ${task} ended and never began`);
      dueAt.delete(number);
      if (type === 'task-finished' && virtualSeconds < due - roundingSeconds) {
        fail(`${actor}'s task ${task} ended at ${virtualSeconds} s, due at ${due} s`);
      }
    },
    onMetric(row) {
      if (row.type === 'sample') return;
      const actor = 'actor' in row ? row.actor : 'server';
      const round = 'round' in row ? ` of round ${row.round}` : '';
      advance(row.virtualSeconds, `${actor} recorded a ${row.type}${round}`);
    },
  };
}
