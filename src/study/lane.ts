import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FromChild, RunAnswer, RunOrder, ToChild } from './child-run.js';

const child = new URL('./child.js', import.meta.url);
/** So much of what a process wrote to stderr is kept. */
const mostCharacters = 2000;

/**
 * Does runs one after another in a process of its own, which loads its libraries once. One that dies fails its run, and
 * the next run has a new one.
 */
export class Lane {
  readonly #onNote: (note: string) => void;
  #process: ChildProcess | null = null;
  #said = '';

  /** @param onNote Hears what people should know while a run goes on. */
  constructor(onNote: (note: string) => void) {
    this.#onNote = onNote;
  }

  /** Resolves with what became of the run, whatever that is; aborting stops it. */
  async run(order: RunOrder, signal: AbortSignal): Promise<RunAnswer> {
    if (signal.aborted) return { outcome: 'interrupted' };
    const worker = (this.#process ??= this.#start());
    const stop = () => send(worker, { type: 'stop' });
    signal.addEventListener('abort', stop);
    const over = new AbortController();
    try {
      const heard = { signal: over.signal };
      const ended = Promise.race<RunAnswer>([
        once(worker, 'answer', heard).then(([answer]) => answer as RunAnswer),
        once(worker, 'exit', heard).then(([code, by]) => this.#death(code as number, by as string | null)),
      ]);
      send(worker, { type: 'run', order });
      const answer = await ended;
      return signal.aborted && answer.outcome === 'failed' ? { outcome: 'interrupted' } : answer;
    } finally {
      signal.removeEventListener('abort', stop);
      over.abort();
    }
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const worker = this.#process;
    this.#process = null;
    if (worker === null || worker.exitCode !== null || worker.signalCode !== null) return;
    const exited = once(worker, 'exit');
    if (worker.connected) worker.disconnect();
    await exited;
  }

  #start(): ChildProcess {
    this.#said = '';
    const worker = fork(child, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'json' });
    worker.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-mostCharacters);
    });
    worker.on('message', (message: FromChild) => {
      if (message.type === 'note') this.#onNote(message.note);
      else worker.emit('answer', message.answer);
    });
    // A process that cannot be told anything any more ends, and is told of as such.
    worker.on('error', () => worker.kill('SIGKILL'));
    return worker;
  }

  #death(code: number | null, signal: string | null): RunAnswer {
    this.#process = null;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const advice = signal === 'SIGKILL' ? '; perhaps memory ran out: fewer --jobs take less' : '';
    const last = this.#said.trim().split('\n').at(-1) ?? '';
    return {
      outcome: 'failed',
      seconds: null,
      message: `its process ${how}${advice}${last === '' ? '' : ` (${last})`}`,
    };
  }
}

function send(worker: ChildProcess, message: ToChild): void {
  if (worker.connected) worker.send(message);
}
