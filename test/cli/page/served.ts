import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { servePage, type Page, type PageOptions } from '../../../src/cli/page/serve.js';
import { EventIndex } from '../../../src/inspect/event-index.js';
import type { RunView } from '../../../src/inspect/run-view.js';
import { madeUpRun } from '../../records/report/made-up-run.js';

export const secret = 'a scenario that nobody else may know of';

/** A run that was never run: two rounds, and an event that leads a client on. */
export function madeUpView(): RunView {
  const { manifest, metrics, messages } = madeUpRun(2);
  const events = new EventIndex();
  const [actor, machine, parent] = ['client-1', 'client', 'simulation'];
  events.add({ type: 'actor', virtualSeconds: 0, actor, machine, parent, state: 'waiting' });
  events.add({
    ...{ type: 'event', virtualSeconds: 1, actor, event: 'download.delivered' },
    ...{ cause: { by: 'run' }, before: 'waiting', state: 'receiving' },
    microsteps: [{ transitions: ['client.waiting|download.delivered|0'], state: 'receiving' }],
  });
  return {
    manifest: { ...manifest, scenario: { ...manifest.scenario, description: secret } },
    ...{ metrics, messages, events, isLive: false, indexed: 1, virtualSeconds: 2 },
    ...{ ended: null, traceHash: null, timeSpent: null },
  };
}

/** A page, and where it is. */
export interface Served {
  readonly page: Page;
  readonly port: number;
  readonly token: string;
}

export async function served(options: Partial<PageOptions> = {}): Promise<Served> {
  const page = await servePage({ views: [madeUpView()], port: 0, ...options });
  const { port, pathname } = new URL(page.address);
  return { page, port: Number(port), token: pathname.slice(1, -1) };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks for a path as it stands: nothing is resolved or encoded on the way. */
export async function ask(
  port: number,
  path: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<Answered> {
  const setHost = !('Host' in headers);
  const asked = request({ host: '127.0.0.1', port, path, method, headers, setHost, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode!, headers: response.headers, body };
}

/** Sends bytes, and hears the whole answer: for what a client of HTTP would not send. */
export async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(5_000, () => socket.destroy(new Error('no answer in 5 s')));
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
