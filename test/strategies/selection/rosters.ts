import type { History } from '../../../machines/server.js';
import { newcomer } from '../../../src/actors/history.js';
import { stream, type Stream } from '../../../src/simulation/random/stream.js';
import { selections } from '../../../src/strategies/selection/index.js';
import type { Profile, ToSelect } from '../../../src/strategies/selection/selection.js';
import { made } from '../../../src/strategies/strategy.js';

/** One client of a roster that is written out. */
export type Client = Partial<History> & Partial<Profile>;

/** A roster from what matters of each client; all else is that of a newcomer like any other. */
export function roster(size: number, version: number, clients: Readonly<Record<string, Client>>): ToSelect {
  const of = <T>(make: (client: Client) => T) =>
    Object.fromEntries(Object.entries(clients).map(([id, client]) => [id, make(client)]));
  return {
    clients: Object.keys(clients),
    size,
    version,
    history: of((client) => ({ ...newcomer, ...client })),
    profiles: of((client) => ({ rows: 10, uplinkSnrDb: 5, joules: 0, gigaflopsPerSecond: 1, ...client })),
  };
}

/** Was asked for these versions, at 5 dB. */
export const asked = (...versions: readonly number[]) => ({
  orders: versions.length,
  asked: versions.map((version) => ({ version, uplinkSnrDb: 5 })),
});

/** Gave updates: of version, loss and seconds. */
export function gave(...all: readonly (readonly [version: number, loss: number, seconds: number])[]) {
  const reports = all.map(([version, loss, seconds]) => ({ version, loss, seconds }));
  return { ...asked(...reports.map(({ version }) => version)), ...reports.at(-1)!, reports };
}

/** What a selection with options takes of a roster; `key` names the draws. */
export function picked(
  choice: string | { readonly name: string; readonly [option: string]: unknown },
  given: ToSelect,
  draw: Stream = stream(1),
): string {
  return made(selections, choice, {})(given, draw).join(' ');
}

/** How often each was taken in so many draws. */
export function counted(choice: Parameters<typeof picked>[0], given: ToSelect, draws: number) {
  const taken = new Map(given.clients.map((client) => [client, 0]));
  for (let n = 0; n < draws; n++) {
    for (const client of picked(choice, given, stream(1, n)).split(' ')) {
      taken.set(client, taken.get(client)! + 1);
    }
  }
  return Object.fromEntries([...taken].map(([client, count]) => [client, count / draws]));
}

/** Whether a share over 4000 draws is within four standard deviations of what it should be. */
export function isNear(share: number, expected: number): boolean {
  return Math.abs(share - expected) <= 4 * Math.sqrt((expected * (1 - expected)) / 4000);
}
