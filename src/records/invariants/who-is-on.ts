import type { AttemptEvent } from '../../simulation/bus/bus.js';
import { violationsOf, type Checker } from './checker.js';

/** The clock keeps whole microseconds: every attempt and every wait may be rounded by half a one. */
const roundingSeconds = 1e-6;

/** A time for which a device is off; without an end as yet. */
interface Off {
  readonly fromSeconds: number;
  toSeconds: number;
}

/**
 * A client that is off does nothing: no task of it begins and it enters no step, no attempt of its links begins, and
 * one that it went off during brings nothing.
 */
export function whoIsOn(): Checker {
  const offs = new Map<string, Off[]>();
  const fail = violationsOf('who is on');
  const isOff = (actor: string) => offs.get(actor)?.at(-1)?.toSeconds === Infinity;
  const checkAttempt = (actor: string, { attempt, attempts, atSeconds, envelope }: AttemptEvent) => {
    const slack = roundingSeconds * (attempts + 1);
    for (const { fromSeconds, toSeconds } of (offs.get(actor) ?? []).toReversed()) {
      if (toSeconds <= attempt.atSeconds) return;
      const what = `message ${envelope.id} was on the air from ${attempt.atSeconds} s to ${atSeconds} s`;
      const off = `${actor} was off from ${fromSeconds} s on`;
      const hasBegun = fromSeconds + slack < attempt.atSeconds && attempt.atSeconds < toSeconds - slack;
      if (hasBegun) fail(`${what}, although ${off}`);
      const wentOff = fromSeconds > attempt.atSeconds + slack && fromSeconds < atSeconds - slack;
      if (wentOff && attempt.arrives) fail(`${what} and arrived, although ${off}`);
    }
  };

  return {
    onBus(event) {
      if (event.phase !== 'attempt') return;
      checkAttempt(event.envelope.from, event);
      checkAttempt(event.envelope.to, event);
    },
    onTask({ actor, task, virtualSeconds }) {
      if (isOff(actor)) fail(`${actor} began to ${task} at ${virtualSeconds} s, although it is off`);
    },
    onMetric(row) {
      if (row.type === 'step' && isOff(row.actor)) {
        fail(`${row.actor} entered Step ${row.step} at ${row.virtualSeconds} s, although it is off`);
      }
      if (row.type !== 'presence') return;
      const own = offs.get(row.actor) ?? [];
      if (row.on && isOff(row.actor)) own.at(-1)!.toSeconds = row.virtualSeconds;
      if (!row.on && !isOff(row.actor)) own.push({ fromSeconds: row.virtualSeconds, toSeconds: Infinity });
      offs.set(row.actor, own);
    },
  };
}
