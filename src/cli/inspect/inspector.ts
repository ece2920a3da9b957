import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { AnyActor, InspectionEvent, Snapshot } from 'xstate';
import { UserError, messageOf } from '../../errors.js';
import { refusalOf } from './admission.js';
import { actorFrame, frameOf } from './frames.js';

export interface InspectorOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Origins whose pages may attach. */
  readonly origins: readonly string[];
  /** Hears what somebody should know: a receiver that came or was dropped. */
  readonly onNote: (note: string) => void;
}

const mostReceivers = 8;
/** What waits for a receiver that does not keep up, before it is dropped. */
const mostBytesWaiting = 1 << 25;
/** How long receivers have at the end to take what waits for them. */
const closingMilliseconds = 5_000;

/**
 * Shows a run to Stately's inspector, or to whatever else reads its protocol, over WebSocket on 127.0.0.1. A
 * receiver that attaches first gets every actor with its present snapshot, then all that happens. None holds the
 * run up: one that does not keep up is dropped. While nobody is attached nothing is written.
 */
export class Inspector {
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 16, perMessageDeflate: false });
  readonly #token = randomBytes(16).toString('hex');
  readonly #options: InspectorOptions;
  readonly #actors = new Map<string, AnyActor>();
  /** Actors that have been made and have not begun: they have no snapshot yet. */
  readonly #made: AnyActor[] = [];
  #rootId = '';

  private constructor(http: Server, options: InspectorOptions) {
    this.#http = http;
    this.#options = options;
    http.on('upgrade', (request, socket, head) => this.#admit(request, socket, head));
  }

  /** UserError where the port cannot be had. */
  static async open(options: InspectorOptions): Promise<Inspector> {
    const http = createServer((_, response) => response.writeHead(426).end('This is a WebSocket.\n'));
    try {
      http.listen(options.port, '127.0.0.1');
      await once(http, 'listening');
    } catch (error) {
      throw new UserError(
        `--inspect: is ${options.port}, which cannot be listened at (${messageOf(error)}), expected a free port; ` +
          'without a number any free one is taken',
      );
    }
    return new Inspector(http, options);
  }

  /** What a receiver attaches to. */
  get address(): string {
    return `ws://127.0.0.1:${this.#port}/?token=${this.#token}`;
  }

  get #port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Resolves when somebody has attached; rejects with the signal's reason. */
  async attached(signal: AbortSignal): Promise<void> {
    if (this.#sockets.clients.size > 0) return;
    await once(this.#sockets, 'connection', { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }

  /** Hears what XState tells of the run. */
  readonly inspect = (inspected: InspectionEvent): void => {
    const ref = inspected.actorRef as AnyActor;
    if (inspected.type === '@xstate.actor') {
      this.#rootId = inspected.rootId;
      this.#actors.set(ref.sessionId, ref);
      this.#made.push(ref);
      return;
    }
    if (inspected.type === '@xstate.event') this.#tellMade();
    if (this.#sockets.clients.size > 0) {
      const frame = frameOf(inspected);
      if (frame !== null) this.#tell(frame);
    }
    if (inspected.type === '@xstate.snapshot' && isGone(ref)) this.#actors.delete(ref.sessionId);
  };

  /** Lets receivers take what waits for them, and ends. */
  async close(): Promise<void> {
    const { clients } = this.#sockets;
    for (const socket of clients) socket.close(1000, 'the run is over');
    const gone = [...clients].map((socket) => once(socket, 'close'));
    const patience = setTimeout(() => clients.forEach((socket) => socket.terminate()), closingMilliseconds);
    await Promise.all(gone);
    clearTimeout(patience);
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
  }

  #admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { origins } = this.#options;
    const refused = refusalOf(request, { port: this.#port, token: this.#token, origins });
    if (refused !== null) return refuse(socket, '403 Forbidden', refused);
    if (this.#sockets.clients.size >= mostReceivers) {
      return refuse(socket, '503 Service Unavailable', `${mostReceivers} receivers are attached already`);
    }
    this.#sockets.handleUpgrade(request, socket, head, (receiver) => {
      receiver.on('error', (error) => this.#options.onNote(`An inspector failed: ${messageOf(error)}`));
      for (const ref of this.#actors.values()) this.#send(receiver, actorFrame(ref, this.#rootId));
      this.#options.onNote('An inspector is attached.');
      this.#sockets.emit('connection', receiver, request);
    });
  }

  #tellMade(): void {
    const made = this.#made.splice(0);
    if (this.#sockets.clients.size === 0) return;
    for (const ref of made) this.#tell(actorFrame(ref, this.#rootId));
  }

  #tell(frame: string): void {
    for (const receiver of this.#sockets.clients) this.#send(receiver, frame);
  }

  #send(receiver: WebSocket, frame: string): void {
    if (receiver.readyState !== WebSocket.OPEN) return;
    if (receiver.bufferedAmount > mostBytesWaiting) {
      receiver.terminate();
      this.#options.onNote('An inspector was dropped: it does not keep up with the run.');
      return;
    }
    receiver.send(frame);
  }
}

/** Tasks and mailboxes that have ended; actors with a name stay, and a late receiver sees how they ended. */
function isGone(ref: AnyActor): boolean {
  return ref.systemId === undefined && (ref.getSnapshot() as Snapshot<unknown>).status !== 'active';
}

function refuse(socket: Duplex, status: string, why: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\npwff: ${why}\n`);
}
