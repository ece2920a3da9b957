import type { Member, ServerContext } from '../../machines/server.js';

export type Members = ServerContext['members'];

export function withEach(
  members: Members,
  clients: readonly string[],
  change: (member: Member, client: string) => Member,
): Members {
  const changed = clients.map((client) => [client, change(members[client]!, client)] as const);
  return { ...members, ...Object.fromEntries(changed) };
}
