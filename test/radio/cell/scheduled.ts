import { linkEvents, type Sending } from '../../actors/link-events.js';
import { band } from '../../../src/records/invariants/band.js';
import { causality } from '../../../src/records/invariants/causality.js';
import { conservation } from '../../../src/records/invariants/conservation.js';
import type { AttemptEvent, BusEvent } from '../../../src/simulation/bus/bus.js';
import type { Link } from '../../../src/radio/channel/link.js';
import { linksWith, type Around, type ChannelChanges } from '../channel/a-link.js';

/** The uplinks of some clients. */
export function uplinksWith(changes: ChannelChanges, around: Around): readonly Link[] {
  return linksWith(changes, around).filter(({ direction }) => direction === 'uplink');
}

type Watched = NonNullable<Parameters<typeof linkEvents>[2]>;

/** Runs links whose band is scheduled, with the invariants of the band checked. */
export function scheduledEvents(
  links: readonly Link[],
  sendings: readonly Sending[],
  watched: Watched = {},
): Promise<readonly BusEvent[]> {
  return linkEvents(links, sendings, { ...watched, checkers: [band(), causality(), conservation()] });
}

/** The attempts that have ended, by the sender and in order. */
export function attemptsOf(log: readonly BusEvent[], client: number): readonly AttemptEvent[] {
  return log.filter(
    (event): event is AttemptEvent => event.phase === 'attempt' && event.envelope.from === `client-${client}`,
  );
}
