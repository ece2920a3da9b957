import { groupedBy } from '../../grouped.js';
import type { RunRecords } from '../read.js';
import { common, layered, takesTime, type Span } from './layers.js';
import { transmissions } from './transmissions.js';
import { versionSpans, waits, type VersionSpan } from './versions.js';
import { absences, aggregations, trainings } from './work.js';
import type { ActivityKind, ActivityRows, Claim, Lane } from './activity.js';

/** What stands where an actor does several things at once, first what counts most. */
const clientPriority = ['off', 'training', 'blackout', 'on-the-air', 'waits-for-link'] as const;
/** The server is on the air where it sends to anybody, whoever else has no signal. */
const serverPriority = ['aggregating', 'on-the-air', 'blackout', 'waits-for-link'] as const;

/**
 * What each actor of a run did, and what it waited for: the server first, then the clients in their order. Each
 * lane goes from 0 to the end without gaps. A message is its client's, whoever sends it; the server has those that
 * it sends. Of several messages of one kind of state the one that was in it first stands.
 */
export function lanes(rows: ActivityRows): Lane[] {
  const { clients, endSeconds } = rows;
  const claims = claimsOf(rows);
  const work = clients.flatMap((client) => claims.of(client)).filter(({ kind }) => kind !== 'off');
  const idle = waits(claims.versions, [...work, ...claims.of('server')]);
  const lane = (actor: string, priority: readonly ActivityKind[]): Lane => {
    const own = groupedBy(claims.of(actor), ({ kind }) => kind);
    const layers = [...priority.map((kind) => own.get(kind) ?? []), idle];
    const all = layered(layers.map((layer) => layer.map((claim) => common(claim, whole(endSeconds)))));
    return { actor, activities: all.filter(takesTime).map((claim) => ({ actor, ...claim })) };
  };
  return [lane('server', serverPriority), ...clients.map((client) => lane(client, clientPriority))];
}

/** The rows of a run that was read back. */
export function activityRows({ manifest, summary, metrics, messages }: RunRecords): ActivityRows {
  return {
    clients: manifest.clients.map(({ id }) => id),
    scenario: manifest.scenario,
    metrics,
    messages,
    endSeconds: summary.virtualSeconds,
  };
}

const whole = (endSeconds: number): Span => ({ fromSeconds: 0, toSeconds: endSeconds });

/** What each actor does, possibly several things at once. */
function claimsOf(rows: ActivityRows): { versions: VersionSpan[]; of: (actor: string) => readonly Claim[] } {
  const { clients, metrics, messages, endSeconds } = rows;
  const sent = transmissions(rows);
  const versions = versionSpans(rows);
  const own = groupedBy(
    metrics.filter((row) => 'actor' in row),
    ({ actor }) => actor,
  );
  const to = groupedBy(messages, (message) => message.to);
  const of = (client: string): Claim[] => [
    ...absences(own.get(client) ?? [], endSeconds).map((claim) => withVersion(claim, versions)),
    ...trainings(own.get(client) ?? [], to.get(client) ?? [], endSeconds),
  ];
  const byClient = groupedBy(sent, ({ row }) => (row.from === 'server' ? row.to : row.from));
  const fromServer = sent.filter(({ row }) => row.from === 'server');
  const piecesOf = (some: typeof sent = []) => some.flatMap(({ pieces }) => pieces);
  const claims = new Map<string, readonly Claim[]>([
    ['server', [...aggregations(metrics, endSeconds), ...piecesOf(fromServer)]],
    ...clients.map((client) => [client, [...of(client), ...piecesOf(byClient.get(client))]] as const),
  ]);
  return { versions, of: (actor) => claims.get(actor) ?? [] };
}

/** The version that was open when it began. */
function withVersion(claim: Claim, versions: readonly VersionSpan[]): Claim {
  const open = versions.find(({ toSeconds }) => claim.fromSeconds < toSeconds) ?? versions.at(-1)!;
  return { ...claim, stage: open.stage, round: open.round };
}
