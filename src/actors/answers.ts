import { compareOrders } from '../../machines/events.js';
import { updatesOf } from '../../machines/protocol.js';
import { meanOrNull } from '../moments.js';
import type { GatheredUpdate, ReceivedUpdate, ServerContext } from '../../machines/server.js';
import { least } from '../extremes.js';

/**
 * Whether nothing more is expected from a client: all updates that answer its newest order are in, or the
 * order did not reach it.
 */
export function hasAnswered(
  { members, updates }: Pick<ServerContext, 'members' | 'updates'>,
  client: string,
): boolean {
  const { order, unreached } = members[client]!;
  if (order === null || unreached) return true;
  return updatesOf(order.stage).every((kind) =>
    updates.some(
      ({ from, upload }) =>
        from === client && upload.kind === kind && compareOrders(upload.answers, order) === 0,
    ),
  );
}

/**
 * The updates that enter a version's averages: those of a kind that at least `quorum` clients have sent. Below
 * it what this kind carries stays as it is, whatever came in of another kind.
 */
export function quorate(
  { stage, version, updates }: Pick<ServerContext, 'stage' | 'version' | 'updates'>,
  quorum: number,
): readonly GatheredUpdate[] {
  return updatesOf(stage).flatMap((kind) => {
    const own = updates.filter(({ upload }) => upload.kind === kind);
    if (own.length < quorum) return [];
    return own.map((update) => ({ ...update, staleness: version - update.upload.answers.version }));
  });
}

/**
 * Mean over the clients that report a loss, null where none does. The two updates of a client's reward models
 * report the same one, unless one of them is late; then the newer one counts.
 */
export function meanLoss(updates: readonly GatheredUpdate[]): number | null {
  const losses = clientsOf(updates).flatMap((client) => {
    const own = updates.filter(({ from }) => from === client);
    const newest = least(own.map(({ staleness }) => staleness));
    return own.find(({ staleness }) => staleness === newest)!.upload.loss ?? [];
  });
  return meanOrNull(losses);
}

/** The clients of some updates, each once, in the order of their names. */
export function clientsOf(updates: readonly ReceivedUpdate[]): readonly string[] {
  return [...new Set(updates.map(({ from }) => from))].sort();
}
