import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'node:worker_threads';
import { packageRoot } from '../../../paths.js';
import { lengthBytes } from './frames.js';

/*
 * A thread that owns one Python process and waits for it, so that who asks can wait without an event loop. Frames
 * come in and go out by a port; whoever waits for one is woken by the count of those that went out.
 */

/** What the thread is started with. */
export interface PipeThreadData {
  /** The interpreter. */
  readonly python: string;
  readonly port: MessagePort;
  /** How many answers have been sent. */
  readonly answers: Int32Array<SharedArrayBuffer>;
}

/** A frame without its length, or how the process ended, which it may have without having begun: nothing comes after. */
export type PipeAnswer = Uint8Array | { readonly ended: string; readonly begun: boolean };

const { python, port, answers } = workerData as PipeThreadData;

/** The process's last words on standard error, for whoever has to be told why it ended. */
let lastWords = '';
const mostWords = 4000;

const child = spawn(python, ['-m', 'pwff_worker'], {
  stdio: ['pipe', 'pipe', 'pipe'],
  env: {
    ...process.env,
    PYTHONPATH: join(packageRoot(), 'python'),
    // Deterministic products on a GPU, and no search of the network for what is not in a folder.
    CUBLAS_WORKSPACE_CONFIG: ':4096:8',
    HF_HUB_OFFLINE: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  },
});

child.stderr.setEncoding('utf8').on('data', (words: string) => {
  lastWords = (lastWords + words).slice(-mostWords);
});
child.on('error', (error) =>
  answer({ ended: `${python} cannot be started (${error.message})`, begun: false }),
);
child.on('close', (code, signal) => {
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  const why = lastWords.trim().split('\n').at(-1)!;
  answer({ ended: `${python} ended ${how}${why === '' ? '' : ` (${why})`}`, begun: true });
});
// A process that has ended is told of above.
child.stdin.on('error', () => {});
port.on('message', (frame: Uint8Array) => child.stdin.write(frame));

let pieces: Buffer[] = [];
let held = 0;

child.stdout.on('data', (piece: Buffer) => {
  pieces.push(piece);
  held += piece.length;
  for (let frame = nextFrame(); frame !== null; frame = nextFrame()) answer(frame);
});

/** The first frame of what has been read, once it is whole. */
function nextFrame(): Uint8Array | null {
  if (held < lengthBytes) return null;
  if (pieces[0]!.length < lengthBytes) pieces = [Buffer.concat(pieces)];
  const end = lengthBytes + Number(pieces[0]!.readBigUInt64LE());
  if (held < end) return null;
  const bytes = Buffer.concat(pieces);
  pieces = [bytes.subarray(end)];
  held -= end;
  return new Uint8Array(bytes.subarray(lengthBytes, end));
}

function answer(message: PipeAnswer): void {
  port.postMessage(message, message instanceof Uint8Array ? [message.buffer as ArrayBuffer] : []);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}
