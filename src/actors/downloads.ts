import type { Download, Request } from '../../machines/events.js';
import { requestOf, type DownloadKind } from '../../machines/protocol.js';
import type { Member, ServerContext } from '../../machines/server.js';
import type { ParamRef } from '../learning/params/param-set.js';
import { groupedBy } from '../grouped.js';
import { sentTo } from './changes-since.js';
import { memberOf } from './members.js';
import { present } from './standings.js';
import { globalFor } from './cuts.js';
import { broughtBy, refsOf } from './parts.js';
import type { World } from './world.js';

/** Downloads by their recipients. */
export type Downloads = Readonly<Record<string, Download>>;

/**
 * One download for everybody whom the server has something to tell, with the parameters that each of them
 * lacks of the global model as it is for that client: for those who get an order, and at the end of a stage for all who are not away.
 */
export function downloadsTo(world: World, context: ServerContext, kind: DownloadKind): Downloads {
  const { version, verdict, rewards } = context;
  const recipients = verdict === 'continue' ? context.asked : present(context);
  const [asked, reset] = [new Set(context.asked), new Set(context.reset)];
  return Object.fromEntries(
    recipients.map((client): [string, Download] => {
      const { holdings, acknowledged, order } = memberOf(context, client);
      const global = globalFor(world, client, context.global);
      const params = missing(broughtBy(kind, global, rewards), holdings).map((ref) =>
        sentTo(acknowledged, ref),
      );
      const own = asked.has(client) ? order : null;
      const interrupts = reset.has(client);
      return [client, { direction: 'down', kind, version, verdict, order: own, interrupts, global, params }];
    }),
  );
}

/** What somebody lacks of some parameters, each set once: two parts may begin as one. */
function missing(params: readonly ParamRef[], holdings: readonly string[]): readonly ParamRef[] {
  const distinct = new Map(params.map((ref) => [ref.hash, ref]));
  return [...distinct.values()].filter(({ hash }) => !holdings.includes(hash));
}

/** A request for everybody whose answer is wanted at once. */
export function requestsTo({ urged, version }: ServerContext): readonly [string, Request][] {
  return Object.entries(urged).map(([client, about]) => [
    client,
    { direction: 'down', kind: requestOf(about.stage), version, about },
  ]);
}

/** By recipient everybody to whom the same bits go: one broadcast reaches them all. */
export function groupsOf(downloads: Downloads): ReadonlyMap<string, readonly string[]> {
  const content = ({ params }: Download) =>
    params.map(({ hash, encodedBits }) => `${hash}/${encodedBits}`).join(' ');
  const groups = groupedBy(Object.keys(downloads), (client) => content(downloads[client]!));
  return new Map([...groups.values()].flatMap((group) => group.map((client) => [client, group])));
}

/** What a recipient holds if its download arrives: the parts that it carries, and the state they build on. */
export function holdingsAfter(
  { holdings }: Member,
  { kind, global }: Download,
  rewards: ServerContext['rewards'],
): readonly string[] {
  const brought = broughtBy(kind, global, rewards);
  const held = refsOf(global).filter(({ hash }) => holdings.includes(hash));
  return [...new Set([...brought, ...held].map(({ hash }) => hash))];
}
