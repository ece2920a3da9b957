import { clientIds } from '../../../learning/data/client-ids.js';
import { valueOf, type KeyedClient } from '../../../settings/per-client.js';
import type { InterferenceSetting } from '../interference/settings.js';
import type { Direction, DirectionSettings } from './settings.js';

/** What makes the mean SNR of one client's direction, before it is shared. */
export interface ClientBudget {
  readonly direction: Direction;
  readonly powerWatts: number;
  readonly bandwidthHz: number;
  /** At the references. */
  readonly meanSnrDb: number;
  /** Null: whatever the power or the bandwidth is. */
  readonly referencePowerWatts: number | null;
  readonly referenceBandwidthHz: number | null;
  readonly interference: InterferenceSetting;
}

export type ClientDirection = ClientBudget & Omit<DirectionSettings, keyof ClientBudget>;

/**
 * The direction as a client has it. A place that is good one way is good the other way: `meanSnrDb` of both
 * directions is drawn from the same random numbers; power and bandwidth are drawn for each direction.
 */
export function directionOf(
  channel: Readonly<Record<Direction, DirectionSettings>>,
  direction: Direction,
  client: KeyedClient,
): ClientDirection {
  const { meanSnrDb, powerWatts, bandwidthHz, ...side } = channel[direction];
  const quantities = quantitiesOf(direction);
  return {
    ...side,
    direction,
    meanSnrDb: valueOf(meanSnrDb, quantities.meanSnrDb, client),
    powerWatts: valueOf(powerWatts, quantities.powerWatts, client),
    bandwidthHz: valueOf(bandwidthHz, quantities.bandwidthHz, client),
  };
}

/** What the draws of a direction are keyed by. */
export function quantitiesOf(direction: Direction) {
  return {
    meanSnrDb: 'mean SNR',
    powerWatts: `power of the ${direction}`,
    bandwidthHz: `bandwidth of the ${direction}`,
  };
}

/** The clients of a scenario, for their draws. */
export function keyedClients({
  seed,
  clients,
}: {
  readonly seed: number;
  readonly clients: { readonly count: number };
}): KeyedClient[] {
  return clientIds(clients.count).map((id, index) => ({ seed, id, index }));
}
