import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { OnTime } from './on-trace.js';
import type { PatternDevice, PresencePattern, PresenceSettings } from './pattern.js';

/**
 * Times on from a file, repeated with a period; 0 s of a run is the beginning of one. Clients take the devices of
 * the file in their order, and from the first on again where there are more clients.
 */
export const daily = strategy({
  name: 'daily',
  description: 'on in the times of a file, day by day',
  options: Type.Object({
    file: Type.String({
      description: 'CSV with the columns client, fromSeconds and toSeconds, relative to the scenario file',
    }),
    periodSeconds: Type.Number({
      exclusiveMinimum: 0,
      default: 86400,
      description: 'after which the times come again',
    }),
  }),
  make: ({
    clients,
    trace,
    periodSeconds,
  }: PresenceSettings & { periodSeconds: number }): PresencePattern => {
    if (trace === null) throw new Error('the daily pattern was made without its file');
    const timesOf = (client: string) => trace[clients.indexOf(client) % trace.length]!;
    return {
      startsOn: (client) => timesOf(client)[0]!.fromSeconds === 0,
      follow: (device) =>
        followTimes(device, changesOf(timesOf(device.client), periodSeconds), periodSeconds),
    };
  },
});

interface Change {
  /** Of the period; up to its end. */
  readonly atSeconds: number;
  readonly on: boolean;
}

/** What changes in a period; nothing does where its end and the next one's beginning are both on. */
function changesOf(times: readonly OnTime[], periodSeconds: number): readonly Change[] {
  const isOnAtBothEnds = times[0]!.fromSeconds === 0 && times.at(-1)!.toSeconds === periodSeconds;
  return times
    .flatMap(({ fromSeconds, toSeconds }) => [
      { atSeconds: fromSeconds, on: true },
      { atSeconds: toSeconds, on: false },
    ])
    .filter(({ atSeconds }) => !isOnAtBothEnds || (atSeconds > 0 && atSeconds < periodSeconds));
}

/** Times are counted from 0 s anew at each change, so that no rounding adds up. */
function followTimes(
  { after, nowSeconds, turn }: PatternDevice,
  changes: readonly Change[],
  periodSeconds: number,
): void {
  if (changes.length === 0) return;
  const next = (count: number): void => {
    const { atSeconds, on } = changes[count % changes.length]!;
    const due = Math.floor(count / changes.length) * periodSeconds + atSeconds;
    after(Math.max(0, due - nowSeconds()), () => {
      turn(on);
      next(count + 1);
    });
  };
  next(changes[0]!.atSeconds === 0 ? 1 : 0);
}
