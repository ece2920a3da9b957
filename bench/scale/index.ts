import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Child } from '../child.js';
import type { Scale } from './settings.js';

/*
 * What many clients in one process cost, beside SimPy and Flower where a Python has them. Every run is a process of its own.
 * Times are of processors where they are compared, so that other work on the machine disturbs them less; a run's wall
 * time stands beside them.
 */

/** What a run-case prints. */
interface Ran {
  readonly delivered: number;
  readonly events: number;
  readonly opened: Times;
  readonly simulated: Times;
  /** Held after all was loaded, and at the end of the run. */
  readonly openedBytes: number;
  readonly simulatedBytes: number;
  readonly peakBytes: number;
  readonly shares: Readonly<Record<string, number>> | null;
}

interface Times {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export interface ScaleOptions {
  readonly asked: (name: string) => boolean;
  /** A Python, for those that are compared with. */
  readonly python: string;
  readonly repeats: number;
  /** Rounds of each client in the asynchronous runs. */
  readonly rounds: number;
}

type Figures = Record<string, number>;

/** What a client costs in memory: its data and device, and then actors, links and rows. */
const held: Readonly<Record<string, (ran: Ran) => number>> = {
  loaded: ({ openedBytes }) => openedBytes,
  run: ({ openedBytes, simulatedBytes }) => simulatedBytes - openedBytes,
};

const clientCounts = [100, 1_000, 10_000];

export async function scaleFigures({ asked, python, repeats, rounds }: ScaleOptions): Promise<Figures> {
  return {
    ...(asked('scale.run') ? runs(rounds) : {}),
    ...(asked('scale.share') ? shares() : {}),
    ...(asked('scale.clock') ? await clocks(python, repeats) : {}),
    ...(asked('scale.idle') ? idleClients(python) : {}),
  };
}

/** Time a delivered message and memory a client, from 100 clients to 10,000. */
function runs(rounds: number): Figures {
  const figures: Figures = { 'scale.run.roundsAClient': rounds };
  const ran = clientCounts.map((clients) => run({ kind: 'asynchronous', clients, rounds }));
  for (const [i, { delivered, events, opened, simulated, simulatedBytes, peakBytes }] of ran.entries()) {
    const name = `scale.run.${clientCounts[i]}`;
    figures[`${name}.openWallSeconds`] = opened.wallSeconds;
    figures[`${name}.wallSeconds`] = simulated.wallSeconds;
    figures[`${name}.cpuSeconds`] = simulated.cpuSeconds;
    figures[`${name}.eventsPerCpuSecond`] = events / simulated.cpuSeconds;
    figures[`${name}.cpuMicrosecondsAMessage`] = (1e6 * simulated.cpuSeconds) / delivered;
    figures[`${name}.peakMegabytes`] = peakBytes / 1e6;
    figures[`${name}.heldMegabytes`] = simulatedBytes / 1e6;
  }
  const [few, some, many] = ran as [Ran, Ran, Ran];
  const aMessage = ({ simulated, delivered }: Ran) => simulated.cpuSeconds / delivered;
  figures['scale.run.slope'] = aMessage(many) / aMessage(few);
  for (const [name, bytesOf] of Object.entries(held)) {
    figures[`scale.run.kilobytesAClient.${name}.to1000`] = (bytesOf(some) - bytesOf(few)) / 900 / 1e3;
    figures[`scale.run.kilobytesAClient.${name}.to10000`] = (bytesOf(many) - bytesOf(some)) / 9_000 / 1e3;
  }
  return figures;
}

/** Which share of a run's time each part of the program has by itself. */
function shares(): Figures {
  const { shares } = run({ kind: 'asynchronous', clients: 300, rounds: 10 }, 'profiled');
  return Object.fromEntries(Object.entries(shares!).map(([place, share]) => [`scale.share.${place}`, share]));
}

/** The clock beside SimPy, in turns. */
async function clocks(python: string, repeats: number): Promise<Figures> {
  const figures: Figures = {};
  const own = new Child(process.execPath, [fileURLToPath(new URL('./clock-case.js', import.meta.url))]);
  const peer = has(python, 'simpy') ? new Child(python, [peerScript('simpy_case.py')]) : null;
  await own.line();
  await peer?.line();
  for (const sleepers of [100, 10_000]) {
    const rates: number[] = [];
    const peers: number[] = [];
    for (let i = 0; i <= repeats; i++) {
      const rate = await own.ask(String(sleepers));
      const of = await peer?.ask(String(sleepers));
      if (i === 0) continue; // warms up
      rates.push(rate);
      if (of !== undefined) peers.push(of);
    }
    const name = `scale.clock.${sleepers}`;
    figures[`${name}.eventsPerCpuSecond`] = median(rates);
    if (peers.length === 0) continue;
    figures[`${name}.simpyEventsPerCpuSecond`] = median(peers);
    figures[`${name}.ratioToSimPy`] = median(rates) / median(peers);
  }
  own.close();
  peer?.close();
  return figures;
}

/** Client rounds a second of 100 clients that do nothing, beside Flower's simulation engine. */
function idleClients(python: string): Figures {
  const rounds = 60;
  const ours = run({ kind: 'synchronous', clients: 100, rounds });
  const rate = (100 * rounds) / ours.simulated.wallSeconds;
  const figures: Figures = { 'scale.idle.clientRoundsPerSecond': rate };
  if (!has(python, 'flwr')) return figures;
  const said = execFileSync(python, [peerScript('flower_case.py')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 600_000,
  });
  const flower = Number(/^rounds (\S+)$/m.exec(said)?.[1]);
  figures['scale.idle.flowerClientRoundsPerSecond'] = flower;
  figures['scale.idle.ratioToFlower'] = rate / flower;
  return figures;
}

function run(scale: Scale, ...flags: readonly string[]): Ran {
  const script = fileURLToPath(new URL('./run-case.js', import.meta.url));
  const said = execFileSync(process.execPath, ['--expose-gc', script, JSON.stringify(scale), ...flags], {
    encoding: 'utf8',
  });
  return JSON.parse(said) as Ran;
}

function has(python: string, module: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`${module} is left out: ${python} cannot import it (PWFF_PYTHON names another Python)`);
    return false;
  }
}

function peerScript(name: string): string {
  return fileURLToPath(new URL(`../../../bench/peers/${name}`, import.meta.url));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
