import { updatesOf, type Stage } from '../../machines/protocol.js';
import { speedOf } from '../learning/clients/processor.js';
import { sum } from '../moments.js';
import { decibelsOf } from '../radio/channel/rate.js';
import type { Profile } from '../strategies/selection/selection.js';
import { rowsBehind } from './rows.js';
import type { World } from './world.js';

/** What the server knows of each client at this moment, besides its history. */
export function profilesOf(world: World, stage: Stage): Readonly<Record<string, Profile>> {
  const { clients, ledger } = world;
  const uplinkSnrDb = uplinkSnrsDb(world);
  const profiles = [...clients.values()].map((client) => {
    const { id, device } = client;
    const rows = sum(updatesOf(stage, world.method.rewards).map((kind) => rowsBehind(world, kind, client)));
    return [
      id,
      {
        ...{ rows, uplinkSnrDb: uplinkSnrDb(id), joules: ledger.joulesOf(id) },
        gigaflopsPerSecond: speedOf(device),
      },
    ] as const;
  });
  return Object.fromEntries(profiles);
}

/** The mean SNR of a client's uplink at this moment, in dB. */
export function uplinkSnrsDb({ links, clock }: World): (client: string) => number {
  return (client) => decibelsOf(links.of(`${client}/uplink`).snr.ratioAt(clock.nowSeconds));
}
