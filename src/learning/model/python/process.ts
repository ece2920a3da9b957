import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { UserError } from '../../../errors.js';
import { decodeFrame, encodeFrame, type Frame } from './frames.js';
import type { PipeAnswer, PipeThreadData } from './pipe-thread.js';

/** How the messages begin of a Python process that ended, and of one without memory: how an executor tells them. */
export const endedWords = 'the Python process has ended';
export const memoryWords = 'the Python process is out of memory';

/**
 * A Python process that computes models (python/pwff_worker), asked as a function is called: the thread sleeps until
 * the answer is there. The process ends with the thread. Whoever made one that ended makes another.
 */
export class PythonProcess {
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));
  readonly #port;
  readonly #thread;
  #taken = 0;
  #ended: string | null = null;

  /** @param python The interpreter: a file or a name in PATH. */
  constructor(python: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: PipeThreadData = { python, port: port2, answers: this.#answers };
    const file = new URL('./pipe-thread.js', import.meta.url);
    this.#thread = new Worker(file, { workerData, transferList: [port2] });
    this.#thread.unref();
    port1.unref();
  }

  get isAlive(): boolean {
    return this.#ended === null;
  }

  /** Its standard input ends, and it with that. */
  async close(): Promise<void> {
    this.#ended ??= 'closed';
    await this.#thread.terminate();
  }

  /**
   * Error where the operation fails or the process ends, then in `endedWords` or `memoryWords`.
   *
   * @throws UserError where there is no such interpreter.
   */
  ask(operation: string, request: Frame['json'] = {}, arrays: Frame['arrays'] = {}): Frame {
    const frame = encodeFrame({ json: { ...request, operation }, arrays });
    this.#port.postMessage(frame, [frame.buffer]);
    const answer = this.#next();
    if ('ended' in answer) {
      this.#ended = answer.ended;
      this.#port.close();
      if (!answer.begun) throw new UserError(`--executor: is "python", but ${answer.ended}`);
      throw new Error(`${endedWords}: ${answer.ended}`);
    }
    const decoded = decodeFrame(answer);
    const { error, memory } = decoded.json;
    if (typeof error === 'string') throw new Error(memory === true ? `${memoryWords}: ${error}` : error);
    return decoded;
  }

  #next(): PipeAnswer {
    while (Atomics.load(this.#answers, 0) === this.#taken) Atomics.wait(this.#answers, 0, this.#taken);
    this.#taken++;
    return receiveMessageOnPort(this.#port)!.message as PipeAnswer;
  }
}
