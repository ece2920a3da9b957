import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { messageOf, UserError } from '../../errors.js';
import { answers, type AnswerName } from '../../inspect/answers.js';
import type { RunView } from '../../inspect/run-view.js';
import { pageFile } from './files.js';
import { paceCommand, type Pace } from './pace.js';
import { bareAnswer, localHost, refusal, safeHeaders } from './safety.js';

export interface PageOptions {
  /** One run, or two to be compared. */
  readonly views: readonly RunView[];
  /** 0: any free port. */
  readonly port: number;
  /** Of a live run. */
  readonly pace?: Pace | undefined;
}

export interface Page {
  /** With the token; whoever has it sees the run. */
  readonly address: string;
  /** How many look at it now. */
  readonly lookers: () => number;
  close(): Promise<void>;
}

/** The longest frame that a socket takes, in bytes: commands are short. */
const longestFrame = 1024;
const tellEveryMilliseconds = 250;
const pingEveryMilliseconds = 20_000;

/**
 * Serves the page of a run on 127.0.0.1. Everything stands under a random token; Host and Origin are checked to
 * the letter; nothing is served but the page's own files and what the runs that it was started for have recorded.
 */
export async function servePage({ views, port, pace }: PageOptions): Promise<Page> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer({
    ...{ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 },
    // Refused by `refusal`, with the headers of all answers.
    requireHostHeader: false,
  });
  server.maxConnections = 64;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestFrame, perMessageDeflate: false });
  const ownPort = () => (server.address() as AddressInfo).port;

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answerTo(request, ownPort(), token, { views, pace })
      .catch((error: unknown): Answer => text(500, `pwff: ${messageOf(error)}`))
      .then(({ status, type, body }) => {
        response.writeHead(status, { ...safeHeaders, 'Content-Type': type });
        response.end(request.method === 'HEAD' ? undefined : body);
      })
      .catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    const path = pathIn(request, token);
    if (refusal(request, ownPort(), 'socket') !== null || path !== 'live') {
      socket.on('error', () => socket.destroy());
      socket.end(bareAnswer('403 Forbidden'));
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => attend(ws, views, pace));
  });

  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(bareAnswer('400 Bad Request'));
    else socket.destroy();
  });
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    response.writeHead(417, safeHeaders).end();
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, localHost, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      `port ${port}: cannot be used (${cause.code ?? cause.message}), expected a free port; name another one`,
    );
  });
  return {
    address: `http://${localHost}:${ownPort()}/${token}/`,
    lookers: () => sockets.clients.size,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

const text = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});

async function answerTo(
  request: IncomingMessage,
  port: number,
  token: string,
  { views, pace }: Pick<PageOptions, 'views' | 'pace'>,
): Promise<Answer> {
  const refused = refusal(request, port, 'request');
  if (refused !== null) return text(403, `refused: ${refused}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET and HEAD');
  const path = pathIn(request, token);
  if (path === null) return text(404, 'nothing is here; the address that the command printed has a token');
  const file = await pageFile(path);
  if (file) return { status: 200, type: file.type, body: file.content };
  const [, name = ''] = /^api\/([a-z]+)$/.exec(path) ?? [];
  if (name === 'session') return json(200, { runs: views.length, isLive: pace !== undefined });
  if (name === 'difference' && views.length === 2) {
    return json(200, { at: views[0]!.events.firstDifference(views[1]!.events) });
  }
  if (!Object.hasOwn(answers, name)) return text(404, 'nothing is here');
  const query = new URL(request.url ?? '/', `http://${localHost}`).searchParams;
  const view = views[Number(query.get('run') ?? 0)];
  if (!view)
    return json(400, { error: `/run: is ${query.get('run')}, expected one up to ${views.length - 1}` });
  try {
    return json(200, await answers[name as AnswerName](view, query));
  } catch (error) {
    if (error instanceof UserError || error instanceof RangeError) return json(400, { error: error.message });
    throw error;
  }
}

/** The path behind the token; null where that is not ours, or the address is no address. */
function pathIn({ url = '/' }: IncomingMessage, token: string): string | null {
  const [path = ''] = url.split('?');
  const [, given = '', rest = ''] = /^\/([A-Za-z0-9_-]+)\/(.*)$/.exec(path) ?? [];
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other) ? rest : null;
}

/** Tells a looker how far the run is, and lets it set the pace. */
function attend(socket: WebSocket, views: readonly RunView[], pace: Pace | undefined): void {
  let isThere = true;
  let told = '';
  const tell = () => {
    const state = {
      runs: views.map((view) => answers.progress(view)),
      pace: pace ? { isPaused: pace.isPaused, virtualSecondsPerSecond: pace.virtualSecondsPerSecond } : null,
    };
    const now = JSON.stringify(state);
    // A looker that does not read gets no more until it has.
    if (now === told || socket.bufferedAmount > 1 << 20) return;
    told = now;
    socket.send(now);
  };
  const telling = setInterval(tell, tellEveryMilliseconds);
  const pinging = setInterval(() => {
    if (!isThere) socket.terminate();
    isThere = false;
    socket.ping();
  }, pingEveryMilliseconds);
  socket.on('pong', () => (isThere = true));
  socket.on('message', (data, isBinary) => {
    const command = isBinary ? null : paceCommand(textOf(data));
    if (command === null) socket.close(1008, 'not a command');
    else {
      pace?.obey(command);
      tell();
    }
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearInterval(telling);
    clearInterval(pinging);
  });
  tell();
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString('utf8');
}
