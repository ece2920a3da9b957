import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.js';

const cli = join(packageRoot(), 'dist/src/cli.js');

/** A process of the command. */
export interface Process {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly said: { out: string; err: string };
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Process {
  const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...env } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, said, ended };
}

/** Workers at a queue, one task at a time each, whose silence is noticed within a second. */
export class Fleet {
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #workers: Process[] = [];

  constructor(queue: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#args = ['worker', ...queue, '--concurrency', '1', '--backend', 'wasm', '--silence', '1'];
    this.#env = env;
  }

  get workers(): readonly Process[] {
    return this.#workers;
  }

  /** One more; resolves when it takes tasks. */
  async join(more: readonly string[] = []): Promise<Process> {
    const worker = start([...this.#args, ...more], this.#env);
    this.#workers.push(worker);
    await new Promise<void>((resolve, reject) => {
      worker.child.stderr!.on('data', () => {
        if (worker.said.err.includes('at a time')) resolve();
      });
      void worker.ended.then((code) => reject(new Error(`a worker ended with ${code}: ${worker.said.err}`)));
    });
    return worker;
  }

  /** Ends one as a power failure does. */
  async kill(worker: Process): Promise<void> {
    this.#workers = this.#workers.filter((each) => each !== worker);
    worker.child.kill('SIGKILL');
    await worker.ended;
  }

  async remove(): Promise<void> {
    for (const worker of this.#workers) await this.kill(worker);
  }
}
