import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A process that answers each line with a line. */
export class Child {
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: Interface = createInterface({ input: this.#process.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** The next line it writes. */
  async line(): Promise<string> {
    const next: IteratorResult<string, undefined> = await this.#lines.next();
    if (next.done === true) throw new Error(`${this.#process.spawnfile} ended early`);
    return next.value;
  }

  async ask(command: string): Promise<number> {
    this.#process.stdin.write(`${command}\n`);
    return Number(await this.line());
  }

  close(): void {
    this.#process.stdin.end();
  }
}
