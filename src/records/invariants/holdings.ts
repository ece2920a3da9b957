import {
  compareOrders,
  isRequest,
  placeOf,
  textOf,
  type Model,
  type WorkOrder,
} from '../../../machines/events.js';
import { rewardParts } from '../../../machines/protocol.js';
import { mapValues } from '../../map-values.js';
import type { Method } from '../../strategies/methods/method.js';
import type { Hashes, KeptEvent } from '../state-events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('holdings');

/** What has come to a client. */
interface Arrivals {
  /** Downloads that are newer than all that it took up. */
  downloads: { readonly place: WorkOrder; readonly global: string }[];
  /** Hashes of what it has, and of what came before it took up the latest download, and since. */
  has: ReadonlySet<string>;
  before: ReadonlySet<string>;
  since: Set<string>;
}

/**
 * A client takes up only what has come to it: a download as it was sent, and of the model that it names nothing but
 * parameters that this download brought, or one before. What measurement alone knows no message brings.
 */
export function holdings({ rewards }: Pick<Method, 'rewards'>): Checker {
  const clients = new Map<string, Arrivals>();
  const clientOf = (id: string): Arrivals => {
    const client = clients.get(id) ?? { downloads: [], has: new Set(), before: new Set(), since: new Set() };
    clients.set(id, client);
    return client;
  };
  const judges: readonly string[] = rewardParts.filter((part) => !rewards.includes(part));
  return {
    onBus({ phase, envelope: { to, message } }) {
      if (phase !== 'delivered' || message.direction === 'up' || isRequest(message)) return;
      const client = clientOf(to);
      client.downloads.push({ place: placeOf(message), global: textOfModel(message.global) });
      for (const { hash } of message.params) client.since.add(hash);
    },
    onState(event) {
      if (event.type !== 'kept') return;
      const { actor, change, kept } = event;
      const [client, own] = [clientOf(actor), hashesIn(kept.model)];
      if (change.by === 'start') client.has = new Set([...own, ...change.held]);
      if (change.by === 'download') takeUp(client, actor, change, own);
      if (change.by === 'going-off' && change.crashed) {
        Object.assign(client, { has: new Set(own), before: new Set(), since: new Set() });
      }
    },
  };

  function takeUp(
    client: Arrivals,
    actor: string,
    { place, global }: Extract<KeptEvent['change'], { readonly by: 'download' }>,
    own: readonly string[],
  ): void {
    const text = JSON.stringify(global);
    const what = `${actor} took up a download of ${textOf(place)}`;
    const hasCome = client.downloads.some(
      (download) => compareOrders(download.place, place) === 0 && download.global === text,
    );
    if (!hasCome) fail(`${what}, which has not come to it so`);
    for (const [part, hash] of Object.entries(global)) {
      const isThere = [client.has, client.before, client.since].some(
        (some) => hash === null || some.has(hash),
      );
      if (!isThere && !judges.includes(part)) fail(`${what} without ${part}, which no message brought it`);
    }
    client.downloads = client.downloads.filter((download) => compareOrders(download.place, place) > 0);
    client.has = new Set([...own, ...hashesIn(global)]);
    client.before = client.since;
    client.since = new Set();
  }
}

const textOfModel = (model: Model) => JSON.stringify(mapValues(model, (ref) => ref?.hash ?? null));

const hashesIn = (hashes: Hashes) => Object.values(hashes).filter((hash) => hash !== null);
