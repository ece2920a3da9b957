import { join } from 'node:path';
import type { OpenRun } from '../../src/run/open-run.js';
import { openRun } from '../../src/run/open-run.js';
import { simulate } from '../../src/run/simulate.js';
import { loadScenario } from '../../src/scenario/load.js';

/*
 * One cell of several: a run of its own, with its server, clients and links, on its own clock. What leaves it is a
 * message for each version that its server makes, which reaches every other cell after the delay of the backhaul:
 * the energy that it has put on the air, which is noise to their uplinks.
 */

/** The backhaul's delay, the least that any message between cells takes, and so the lookahead: 5 ms. */
export const lookaheadMicroseconds = 5_000;

export interface CellChoice {
  /** From 0. */
  readonly index: number;
  readonly clients: number;
  readonly rounds: number;
  /** Where its records go. */
  readonly folder: string;
}

/** A message between cells. */
export interface Noise {
  readonly from: number;
  readonly arrivesAtMicroseconds: number;
  readonly joules: number;
}

export interface Cell {
  /** Schedules what has come from another cell. Error where that is in its past: somebody let it run too far. */
  hear(noise: Noise): void;
  /** Runs it to its end; `before` is awaited before each event, which is due then. Resolves with its trace hash. */
  run(before: (dueMicroseconds: number) => Promise<void>): Promise<string>;
}

/** Opens a cell; `send` hears what is for all others. */
export async function openCell(choice: CellChoice, send: (noise: Noise) => void): Promise<Cell> {
  const { index, clients, rounds, folder } = choice;
  const set = [
    ...['learning=stub', 'method=shepherd', 'stages=["instruction"]', `seed=${index + 1}`],
    ...[`clients.count=${clients}`, 'clients.weightHarmless="uniform"', 'channel.fading=rayleigh'],
    ...['channel.retransmission=arq', `instruction.maxRounds=${rounds * clients}`, 'server.quorum=1'],
    ...['server.discipline=asynchronous', 'server.aggregation=fedasync'],
  ];
  const { scenario, folder: of } = await loadScenario('tiny', { set });
  const outFolder = join(folder, `cell-${index + 1}`);
  const options = { scenario, folder: of, outFolder, workers: 1, backend: 'wasm' } as const;
  const run = await openRun({ ...options, inspection: 'none', params: 'none' });
  const { clock, events } = run.world;
  events.subscribe({
    next: (event) => {
      if (event.type !== 'row' || event.row.type !== 'round') return;
      const arrivesAtMicroseconds = clock.nowMicroseconds + lookaheadMicroseconds;
      send({ from: index, arrivesAtMicroseconds, joules: event.row.energyJoules });
    },
  });
  return {
    hear: (noise) => hear(run, noise),
    run: async (before) => {
      const { ended } = await simulate(run.world, { before: (seconds) => before(Math.round(seconds * 1e6)) });
      await run.close();
      if (ended.reason !== 'finished') {
        throw new Error(`cell ${index + 1} ended as ${JSON.stringify(ended)}`);
      }
      return run.traceHash();
    },
  };
}

/** Before anything else of its moment, whenever it was scheduled; a cell that is done does not wait for it. */
function hear({ world: { clock, links } }: OpenRun, { arrivesAtMicroseconds, joules, from }: Noise): void {
  const delay = arrivesAtMicroseconds - clock.nowMicroseconds;
  if (delay < 0) throw new Error(`a message of cell ${from + 1} comes ${-delay} µs too late`);
  const offsetDb = -10 * Math.log10(1 + joules);
  const options = { priority: -10 - from, counts: () => false };
  clock.at(delay / 1e6, () => links.offsetSnr({ direction: 'uplink' }, offsetDb), options);
}
