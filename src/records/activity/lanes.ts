import { groupedBy } from '../../grouped.js';
import type { Manifest } from '../manifest.js';
import { common, layered, takesTime } from './layers.js';
import { transmissions, type Transmission } from './transmissions.js';
import { versionAt, versionSpans, waits, type VersionSpan } from './versions.js';
import { absences, aggregations, trainings } from './work.js';
import type { ActivityKind, ActivityRows, Claim, Lane } from './activity.js';

/** What stands where an actor does several things at once, first what counts most. */
const clientPriority = ['off', 'training', 'blackout', 'on-the-air', 'waits-for-link'] as const;
/** The server is on the air where it sends to anybody, whoever else has no signal. */
const serverPriority = ['aggregating', 'on-the-air', 'blackout', 'waits-for-link'] as const;

/** All that the records say of who did what when. */
export interface Course {
  /** The server's, then those of the clients in their order. */
  readonly lanes: readonly Lane[];
  readonly versions: readonly VersionSpan[];
  readonly transmissions: readonly Transmission[];
  /** When each client worked, whatever else it did. */
  readonly trainings: ReadonlyMap<string, readonly Claim[]>;
}

/**
 * What each actor of a run did, and what it waited for: the server first, then the clients in their order. Each
 * lane goes from 0 to the end without gaps. A message is its client's, whoever sends it; the server has those that
 * it sends. Of several messages that are in one kind of state the one that was in it first stands.
 */
export function lanes(rows: ActivityRows): readonly Lane[] {
  return courseOf(rows).lanes;
}

/** The lanes with what they were made of. */
export function courseOf(rows: ActivityRows): Course {
  const { clients, metrics, endSeconds } = rows;
  const [sent, versions] = [transmissions(rows), versionSpans(rows)];
  const work = workOf(rows);
  const off = absencesOf(rows, versions);
  const pieces = groupedBy(sent, ({ row }) => (row.from === 'server' ? row.to : row.from));
  const piecesOf = (some: readonly Transmission[] = []) => some.flatMap((one) => one.pieces);
  const busy = clients.map((client) => [...work.get(client)!, ...piecesOf(pieces.get(client))]);
  const ofServer = [
    ...aggregations(metrics, endSeconds),
    ...piecesOf(sent.filter(({ row }) => row.from === 'server')),
  ];
  const idle = waits(versions, [...busy.flat(), ...ofServer]);
  const lane = (actor: string, claims: readonly Claim[], priority: readonly ActivityKind[]): Lane => {
    const byKind = groupedBy(claims, ({ kind }) => kind);
    const layers = [...priority.map((kind) => byKind.get(kind) ?? []), idle];
    return { actor, activities: within(endSeconds, layers).map((claim) => ({ actor, ...claim })) };
  };
  const ofClients = clients.map((client, index) =>
    lane(client, [...off.get(client)!, ...busy[index]!], clientPriority),
  );
  return {
    lanes: [lane('server', ofServer, serverPriority), ...ofClients],
    versions,
    transmissions: sent,
    trainings: work,
  };
}

/** The records of a run, as they were read back, and how long it took. */
export interface ReadBack extends Pick<ActivityRows, 'metrics' | 'messages'> {
  readonly manifest: Pick<Manifest, 'clients' | 'scenario'>;
  readonly summary: { readonly virtualSeconds: number };
}

export function activityRows({ manifest, summary, metrics, messages }: ReadBack): ActivityRows {
  const clients = manifest.clients.map(({ id }) => id);
  return { clients, scenario: manifest.scenario, metrics, messages, endSeconds: summary.virtualSeconds };
}

function within(endSeconds: number, layers: readonly (readonly Claim[])[]): Claim[] {
  const whole = { fromSeconds: 0, toSeconds: endSeconds };
  return layered(layers)
    .map((claim) => common(claim, whole))
    .filter(takesTime);
}

function workOf({ clients, metrics, messages, endSeconds }: ActivityRows): Map<string, readonly Claim[]> {
  const own = rowsByActor(metrics);
  const downloads = groupedBy(messages, ({ to }) => to);
  return new Map(
    clients.map((client) => {
      return [client, trainings(own.get(client) ?? [], downloads.get(client) ?? [], endSeconds)];
    }),
  );
}

function absencesOf(
  { clients, metrics, endSeconds }: ActivityRows,
  versions: readonly VersionSpan[],
): Map<string, readonly Claim[]> {
  const own = rowsByActor(metrics);
  const withVersion = (claim: Claim) => {
    const { stage, round } = versionAt(versions, claim.fromSeconds);
    return { ...claim, stage, round };
  };
  return new Map(
    clients.map((client) => [client, absences(own.get(client) ?? [], endSeconds).map(withVersion)]),
  );
}

function rowsByActor(metrics: ActivityRows['metrics']) {
  const rows = metrics.filter((row) => 'actor' in row);
  return groupedBy(rows, ({ actor }) => actor);
}
