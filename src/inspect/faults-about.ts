import type { Manifest } from '../records/manifest.js';
import type { MessageRow } from '../records/rows.js';
import { faultPointer, isAbout, type AttemptScene } from '../radio/channel/faults/faults.js';
import type { Fault } from '../radio/channel/faults/settings.js';

/** A fault of the scenario's script. */
export interface ScriptedFault {
  /** JSON pointer into the scenario. */
  readonly pointer: string;
  readonly effect: Fault['effect'];
}

/** The faults of the script that were about a message, whatever their probability made of it. */
export function faultsAbout(
  row: MessageRow,
  { scenario, clients }: Pick<Manifest, 'scenario' | 'clients'>,
): readonly ScriptedFault[] {
  const isUp = row.to === 'server';
  const client = clients.findIndex(({ id }) => id === (isUp ? row.from : row.to)) + 1;
  const { kind, step, stage, round } = row;
  const scene = { kind, step, stage, round, client, direction: isUp ? 'uplink' : 'downlink' } as const;
  const attempts = attemptsOf(row);
  return scenario.channel.faults.flatMap((fault, index) =>
    attempts.some((attempt) => isAbout(fault, scene, attempt))
      ? [{ pointer: faultPointer(index), effect: fault.effect }]
      : [],
  );
}

/** From its story; without one, its attempts are somewhere between its sending and its end. */
function attemptsOf(row: MessageRow): readonly AttemptScene[] {
  const { story, attempts, sentVirtualSeconds: fromSeconds, endedVirtualSeconds } = row;
  if (story && story.length > 0) {
    return story.map(({ atSeconds, seconds, lost }, index) => ({
      number: index + 1,
      arrives: lost === null,
      fromSeconds: atSeconds,
      toSeconds: atSeconds + seconds,
    }));
  }
  const arrives = row.outcome === 'delivered';
  return Array.from({ length: Math.max(1, attempts) }, (_, index) => ({
    number: index + 1,
    arrives,
    fromSeconds,
    toSeconds: endedVirtualSeconds ?? Infinity,
  }));
}
