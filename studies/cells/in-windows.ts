import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { least } from '../../src/extremes.js';
import { lookaheadMicroseconds, type CellChoice, type Noise } from './cell.js';

/** What a cell says at the end of its window: when its next event is due (null: it is done), and what it has sent. */
export interface FromCell {
  readonly dueMicroseconds: number | null;
  readonly sent: readonly Noise[];
  /** Of a cell that is done. */
  readonly hash?: string;
}

/** Up to where a cell may run, this moment excluded, and what has come for it. */
export interface Window {
  readonly endMicroseconds: number;
  readonly heard: readonly Noise[];
}

export interface InWindows {
  /** Trace hashes by cell. */
  readonly hashes: readonly string[];
  readonly windows: number;
  readonly messages: number;
}

/**
 * Each cell in a process of its own, side by side: all run up to the earliest event that is due in any of them and the
 * lookahead. What is sent before that end arrives after it, so that nobody hears of its past (Chandy and Misra,
 * Distributed simulation, IEEE Transactions on Software Engineering 5(5), 1979; with a barrier as in Nicol, The cost of
 * conservative synchronization in parallel discrete event simulations, JACM 40(2), 1993).
 */
export async function runInWindows(choices: readonly CellChoice[]): Promise<InWindows> {
  const script = fileURLToPath(new URL('./cell-process.js', import.meta.url));
  const cells = choices.map((choice) => fork(script, [JSON.stringify(choice)]));
  try {
    return await inWindows(cells);
  } finally {
    for (const cell of cells) if (cell.exitCode === null) cell.kill();
  }
}

async function inWindows(cells: readonly ChildProcess[]): Promise<InWindows> {
  const said: FromCell[] = [];
  let [windows, messages] = [0, 0];
  let open = cells.map((_, index) => index);
  while (open.length > 0) {
    await Promise.all(open.map(async (index) => (said[index] = await nextOf(cells[index]!))));
    const sent = open.flatMap((index) => said[index]!.sent);
    messages += sent.length;
    open = open.filter((index) => said[index]!.dueMicroseconds !== null);
    const arrivals = sent.map(({ arrivesAtMicroseconds }) => arrivesAtMicroseconds);
    const endMicroseconds =
      least([...arrivals, ...open.map((index) => said[index]!.dueMicroseconds!)]) + lookaheadMicroseconds;
    for (const index of open) {
      const heard = sent.filter(({ from }) => from !== index);
      cells[index]!.send({ endMicroseconds, heard } satisfies Window);
    }
    windows += 1;
  }
  return { hashes: said.map(({ hash }) => hash!), windows, messages };
}

async function nextOf(cell: ChildProcess): Promise<FromCell> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(cell, 'exit', { signal }).then(([code]) => {
    throw new Error(`a cell's process ended early, with code ${code}`);
  });
  try {
    const [message] = (await Promise.race([once(cell, 'message', { signal }), ended])) as [FromCell];
    return message;
  } finally {
    ended.catch(() => undefined);
    waiting.abort();
  }
}
