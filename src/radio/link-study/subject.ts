import type { Group } from '../channel/attempts.js';
import { linksOf, type Link } from '../channel/link.js';
import type { Recordings } from '../channel/fading/recordings.js';
import { clientIds } from '../../learning/data/client-ids.js';
import { UserError } from '../../errors.js';
import type { Direction } from '../channel/directions/settings.js';
import type { Channel } from '../channel/settings.js';

/** What a study reads of a scenario. */
export interface StudiedScenario {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number };
  readonly limits: { readonly virtualSeconds: number };
}

/** One direction of one client's link, and what stands around it. */
export interface Subject {
  readonly scenario: Omit<StudiedScenario, 'clients'>;
  readonly link: Link;
  /** All receivers of a broadcast, or the link alone. */
  readonly group: Group;
  /** Mean SNR as a ratio over the link's share of the band, at time 0. */
  readonly snr: number;
}

/** The link to study; UserError where the scenario has no such client, or the link carries no bits. */
export function subjectOf(
  scenario: StudiedScenario,
  recordings: Recordings | null,
  { direction, client }: { readonly direction: Direction; readonly client: number },
): Subject {
  const { count } = scenario.clients;
  const links = linksOf({ ...scenario, fullBuffers: true }, clientIds(count), recordings).filter(
    (link) => link.direction === direction,
  );
  const link = links[client - 1];
  if (link === undefined) {
    throw new UserError(`--client ${client}: is no client, expected 1 to ${count}, as in clients.count`);
  }
  if (link.air !== null) {
    throw new UserError(
      '--direction uplink: is over the air, expected a link that carries bits; the slot of all clients is a run’s: pwff run',
    );
  }
  const snr = link.snr.ratioAt(0);
  const group = link.isBroadcast ? links : [link];
  return { scenario, link, group, snr };
}
