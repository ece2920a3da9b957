import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import { Pace } from '../../../src/cli/page/pace.js';
import { ask, served, type Served } from './served.js';

describe('the socket of the page', () => {
  let own: Served;
  beforeEach(async () => (own = await served()));
  afterEach(() => own.page.close());

  const under = (path: string) => `/${own.token}/${path}`;

  /** 101, or the status that the handshake is refused with; 0 where the connection is just ended. */
  async function statusOf(path: string, options: ClientOptions): Promise<number> {
    const socket = new WebSocket(`ws://127.0.0.1:${own.port}${path}`, options);
    const status = await new Promise<number>((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode!));
      socket.on('error', () => resolve(0));
    });
    socket.terminate();
    return status;
  }
  const origin = () => `http://127.0.0.1:${own.port}`;

  it('lets its own page in', async () => {
    assert.equal(await statusOf(under('live'), { origin: origin() }), 101);
  });

  it('refuses every other: of another origin, of none, under another name or token', async () => {
    const refused: readonly (readonly [string, string, ClientOptions])[] = [
      ['no origin', under('live'), {}],
      ['a foreign origin', under('live'), { origin: 'https://evil.example' }],
      ['the origin null', under('live'), { origin: 'null' }],
      ['an origin like ours', under('live'), { origin: `${origin()}.evil.example` }],
      ['localhost', under('live'), { origin: `http://localhost:${own.port}` }],
      ['a foreign host', under('live'), { origin: origin(), headers: { Host: 'evil.example' } }],
      ['cross-site', under('live'), { origin: origin(), headers: { 'Sec-Fetch-Site': 'cross-site' } }],
      ['no token', '/live', { origin: origin() }],
      ['a wrong token', `/${'A'.repeat(own.token.length)}/live`, { origin: origin() }],
      ['another path', under('api/run'), { origin: origin() }],
      ['a path beyond', under('live/'), { origin: origin() }],
    ];
    for (const [what, path, options] of refused) {
      assert.equal(await statusOf(path, options), 403, what);
    }
    assert.equal(own.page.lookers(), 0);
  });

  it('closes on who sends no command, too much, or bytes; the run does not hear of it', async () => {
    await own.page.close();
    const pace = new Pace();
    own = await served({ pace });
    const frames: readonly (readonly [string | Buffer, number])[] = [
      ['x'.repeat(1025), 1009],
      ['x'.repeat(1 << 20), 1009],
      [Buffer.from('{"do":"pause"}'), 1008],
      ['', 1008],
      ['pause', 1008],
      ['null', 1008],
      ['[]', 1008],
      ['{"do":"__proto__"}', 1008],
      ['{"do":"constructor"}', 1008],
      ['{"do":"step","by":"year"}', 1008],
      ['{"do":"go"}', 1008],
      ['{"do":"go","virtualSecondsPerSecond":0}', 1008],
      ['{"do":"go","virtualSecondsPerSecond":-1}', 1008],
      ['{"do":"go","virtualSecondsPerSecond":1e999}', 1008],
      ['{"do":"go","virtualSecondsPerSecond":"1"}', 1008],
      [`${'['.repeat(1000)}`, 1008],
    ];
    for (const [frame, code] of frames) {
      const socket = new WebSocket(`ws://127.0.0.1:${own.port}${under('live')}`, { origin: origin() });
      await once(socket, 'open');
      socket.send(frame);
      const [closed] = (await once(socket, 'close')) as [number];
      assert.equal(closed, code, String(frame).slice(0, 50));
    }
    assert.deepEqual([pace.isPaused, pace.virtualSecondsPerSecond], [false, null]);
  });

  it('hears a pause from its own page', async () => {
    await own.page.close();
    const pace = new Pace();
    own = await served({ pace });
    const socket = new WebSocket(`ws://127.0.0.1:${own.port}${under('live')}`, { origin: origin() });
    await once(socket, 'open');
    socket.send('{"do":"pause"}');
    while (!pace.isPaused) await once(socket, 'message');
    assert.equal(own.page.lookers(), 1);
    socket.terminate();
  });

  it('is one of at most 64 connections, and the page is there again when they have gone', async () => {
    const opened: Socket[] = [];
    const ended: Promise<unknown>[] = [];
    for (let k = 0; k < 100; k++) {
      const socket = connect(own.port, '127.0.0.1').on('error', () => {});
      opened.push(socket);
      await once(socket, 'connect');
      ended.push(once(socket.resume(), 'close').then(() => k));
    }
    const dropped = new Set<unknown>();
    for (const each of ended) void each.then((k) => dropped.add(k));
    while (dropped.size < 36) await Promise.race(ended.filter((_, k) => !dropped.has(k)));
    assert.equal(dropped.size, 36);
    for (const socket of opened) socket.destroy();
    await Promise.all(ended);
    let status = 0;
    while (status !== 200)
      status = await ask(own.port, under('')).then(
        (answer) => answer.status,
        () => 0,
      );
    assert.equal(status, 200);
  });
});
