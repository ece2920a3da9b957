import type { ClientContext } from '../../../machines/client.js';
import { evaluateFlops } from '../../learning/clients/workload.js';
import type { Figures } from '../../learning/training/figure.js';
import type { Measurement } from '../../learning/training/measurement.js';
import { interpolated } from '../../strategies/methods/interpolation.js';
import { measured } from '../measured.js';
import { required, tunedRefs, tunedSets } from '../tasks.js';
import type { World } from '../world.js';
import type { Occasion } from './others.js';
import { meanOn, testTables } from './tables.js';

/** A client's model at points between the shared and the personal one, where `measure.shares` asks for them. */
export function measureShares(
  world: World,
  { id, model }: ClientContext,
  { stage, round, isAtEnd }: Occasion,
): void {
  const { shares, others } = world.scenario.measure;
  const mixtures = shares.flatMap((share) => {
    const mixture = interpolated(world.method, share);
    return mixture ? [[String(share), mixture] as const] : [];
  });
  if (!isAtEnd || mixtures.length === 0) return;
  const tables = testTables(world, [...world.clients], others?.rows ?? null);
  measured<'interpolate'>(
    world,
    id,
    stage,
    round,
    mixtures.length * evaluateFlops(world.shape, Object.values(tables)),
    {
      kind: 'interpolate',
      seed: '',
      hyper: { mixtures: Object.fromEntries(mixtures) },
      params: {
        base: required(world, model.base, 'the base model'),
        tuned: tunedSets(world, tunedRefs(world, model)),
      },
      data: tables,
    },
    ({ metrics }) => shareFigures(id, [...world.clients.keys()], metrics),
  );
}

/** Accuracy and loss on own rows and, in the mean, on others', by the share of what is personal. */
export function shareFigures(
  id: string,
  clients: readonly string[],
  at: Readonly<Record<string, Readonly<Record<string, Measurement>>>>,
): Figures {
  const others = clients.filter((client) => client !== id);
  return Object.fromEntries(
    Object.entries(at).flatMap(([share, on]) => {
      const [own, theirs] = [on[id]!, meanOn(others, on)];
      return [
        [`ownAccuracy/${share}`, own.accuracy],
        [`ownLoss/${share}`, own.loss],
        [`othersAccuracy/${share}`, theirs.accuracy],
        [`othersLoss/${share}`, theirs.loss],
      ] as const;
    }),
  );
}
