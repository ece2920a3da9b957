import type { Stage, Upload } from '../../machines/events.js';
import type { ReceivedUpdate, ServerContext } from '../../machines/server.js';

/** What a client answers a round of each stage with: in stage 2 each reward model is an update of its own. */
export const updateKinds: Readonly<Record<Stage, readonly Upload['kind'][]>> = {
  instruction: ['update'],
  reward: ['helpful-update', 'harmless-update'],
  alignment: ['alignment-update'],
};

type Answers = Pick<ServerContext, 'stage' | 'unreached' | 'updates'>;

/**
 * Whether nothing more of the round is expected from a client: all its updates of this round are in, or the
 * round's download did not reach it.
 */
export function hasAnswered({ stage, unreached, updates }: Answers, client: string): boolean {
  return (
    unreached.includes(client) ||
    updateKinds[stage].every((kind) =>
      updates.some(
        ({ from, upload, staleness }) => from === client && upload.kind === kind && staleness === 0,
      ),
    )
  );
}

/**
 * The updates that enter a round's averages: those of a kind that at least `quorum` clients have sent. Below
 * it what this kind carries stays as it is, whatever came in of another kind.
 */
export function quorate(
  { stage, updates }: Pick<ServerContext, 'stage' | 'updates'>,
  quorum: number,
): readonly ReceivedUpdate[] {
  return updateKinds[stage].flatMap((kind) => {
    const own = updates.filter(({ upload }) => upload.kind === kind);
    return own.length < quorum ? [] : own;
  });
}

/**
 * Mean over the clients that report a loss, null where none does. The two updates of a client's reward models
 * report the same one, unless one of them is late; then the newer one counts.
 */
export function meanLoss(updates: readonly ReceivedUpdate[]): number | null {
  const losses = clientsOf(updates).flatMap((client) => {
    const own = updates.filter(({ from }) => from === client);
    const newest = Math.min(...own.map(({ staleness }) => staleness));
    return own.find(({ staleness }) => staleness === newest)!.upload.loss ?? [];
  });
  return losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** The clients of some updates, each once, in the order of their names. */
export function clientsOf(updates: readonly ReceivedUpdate[]): readonly string[] {
  return [...new Set(updates.map(({ from }) => from))].sort();
}
