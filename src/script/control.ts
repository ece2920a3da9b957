import { trainingWeights } from '../learning/clients/preferences.js';
import { clientOf, type World } from '../actors/world.js';
import type { WhichLinks } from '../actors/links.js';

/**
 * What a script may do to a run while it goes on. A message on the air keeps the fate that its link gave it; what
 * changes a link is there from the link's next message on.
 */
export interface RunControl {
  /** Virtual time. */
  readonly nowSeconds: number;
  readonly clients: readonly string[];
  /** No signal for so long. */
  blackout(which: WhichLinks, seconds: number): void;
  /** Every attempt is lost for so long. */
  drop(which: WhichLinks, seconds: number): void;
  /** Mean SNR and rate against the scenario's; what is absent stays as it is. */
  changeLink(which: WhichLinks, change: LinkChange): void;
  /** Tasks that begin from now on take so many times as long; 1: as the scenario has it. */
  slow(client: string, factor: number): void;
  /** The client is off, and loses what it has not sent; null: for good. */
  crash(client: string, seconds?: number | null): void;
  leave(client: string): void;
  join(client: string): void;
  /** What a client wants from its next training task on; harmlessness has the rest. */
  setWeights(client: string, helpful: number): void;
  /** The run ends as "stopped". */
  stop(): void;
}

export interface LinkChange {
  readonly snrOffsetDb?: number;
  readonly rateFactor?: number;
}

/** Control of a run; `pointer` says which entry of the scenario acts, `stop` ends the run. */
export function controlOf(world: World, pointer: string, stop: (pointer: string) => void): RunControl {
  const { clock, clients, links, presence, slowness, method } = world;
  const where = ({ client, direction }: WhichLinks) => ({
    ...(client !== undefined && { client: numberOf(world, client) }),
    ...(direction !== undefined && { direction }),
  });
  const fromNow = (seconds: number) => ({
    fromSeconds: clock.nowSeconds,
    toSeconds: clock.nowSeconds + seconds,
  });
  const known = (client: string) => clientOf(world, client).id;
  return {
    get nowSeconds() {
      return clock.nowSeconds;
    },
    clients: [...clients.keys()],
    blackout: (which, seconds) =>
      links.addFault({ effect: 'blackout', ...where(which), ...fromNow(seconds) }, pointer),
    drop: (which, seconds) =>
      links.addFault({ effect: 'drop', ...where(which), ...fromNow(seconds) }, pointer),
    changeLink: (which, { snrOffsetDb, rateFactor }) => {
      if (which.client !== undefined) known(which.client);
      if (snrOffsetDb !== undefined) links.offsetSnr(which, snrOffsetDb);
      if (rateFactor !== undefined) links.setRate(which, rateFactor);
    },
    slow: (client, factor) => void slowness.set(known(client), factor),
    crash: (client, seconds = null) => presence.crash(known(client), seconds),
    leave: (client) => presence.leave(known(client)),
    join: (client) => presence.join(known(client)),
    setWeights: (id, helpful) => {
      const ownWeights = { helpful, harmless: 1 - helpful };
      const client = clientOf(world, id);
      clients.set(id, { ...client, ownWeights, trainingWeights: trainingWeights(method, ownWeights) });
    },
    stop: () => stop(pointer),
  };
}

/** Number of a client, from 1, as faults name it. */
function numberOf(world: World, client: string): number {
  return [...world.clients.keys()].indexOf(clientOf(world, client).id) + 1;
}
