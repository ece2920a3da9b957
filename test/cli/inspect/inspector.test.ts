import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { setImmediate as soon } from 'node:timers/promises';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { WebSocket, type ClientOptions } from 'ws';
import type { AnyActor, InspectionEvent } from 'xstate';
import { Inspector } from '../../../src/cli/inspect/inspector.js';
import { UserError } from '../../../src/errors.js';
import type { Executor } from '../../../src/index.js';
import type { TaskKind, TaskRequest } from '../../../src/learning/training/task.js';
import { protocolRun, untrainedExecutor } from '../../run/untrained.js';

const ids = ['client-1', 'client-2', 'client-3'];
const named = ['simulation', 'server', ...ids.flatMap((id) => [id, `${id}/uplink`, `${id}/downlink`])].sort();

type Of<T extends StatelyInspectionEvent['type']> = Extract<StatelyInspectionEvent, { type: T }>;

/** What Stately's own receiver hears. */
class Receiver {
  readonly frames: StatelyInspectionEvent[] = [];

  constructor(address: string) {
    createWebSocketReceiver({ server: address }).subscribe((frame) => void this.frames.push(frame));
  }

  of<T extends StatelyInspectionEvent['type']>(type: T): Of<T>[] {
    return this.frames.filter((frame): frame is Of<T> => frame.type === type);
  }

  /** Names of all actors, by their session ids. */
  get names(): Map<string, string> {
    return new Map(this.of('@xstate.actor').map(({ sessionId, name }) => [sessionId, name]));
  }
}

describe('the inspector of a run', () => {
  const notes: string[] = [];
  let inspector: Inspector;

  beforeEach(async () => {
    notes.length = 0;
    const onNote = (note: string) => void notes.push(note);
    inspector = await Inspector.open({ port: 0, origins: ['https://stately.ai'], onNote });
  });
  afterEach(() => inspector.close());

  const attached = async () => {
    const receiver = new Receiver(inspector.address);
    await inspector.attached(AbortSignal.timeout(5_000));
    return receiver;
  };

  /** The HTTP status with which a request to attach is answered; 101 where it is let in. */
  async function statusOf(address: string, options: ClientOptions = {}): Promise<number> {
    const socket = new WebSocket(address, options);
    const status = await new Promise<number>((resolve, reject) => {
      socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode!));
      socket.on('open', () => resolve(101));
      socket.on('error', reject);
    });
    socket.on('error', () => {});
    socket.terminate();
    return status;
  }

  it('gives Stately’s receiver every actor, every event and every snapshot, in their order', async () => {
    const receiver = await attached();
    const told: string[] = [];
    const nameOf = ({ systemId, id }: AnyActor) => systemId ?? id;
    const inspect = (event: InspectionEvent) => {
      inspector.inspect(event);
      if (event.type !== '@xstate.event' && event.type !== '@xstate.snapshot') return;
      told.push(`${event.type} ${nameOf(event.actorRef as AnyActor)} ${event.event.type}`);
    };
    const { ended } = await protocolRun([], { inspect });
    await inspector.close();
    assert.equal(ended.reason, 'finished');
    const { names, frames } = receiver;
    const heard = frames.flatMap((frame) =>
      frame.type === '@xstate.actor'
        ? []
        : [`${frame.type} ${names.get(frame.sessionId)} ${frame.event.type}`],
    );
    assert.deepEqual(heard, told);
    assert.deepEqual(
      named.filter((name) => ![...names.values()].includes(name)),
      [],
    );
    const server = receiver.of('@xstate.actor').find(({ name }) => name === 'server')!;
    const { id, states } = JSON.parse(server.definition!) as { id: string; states: object };
    assert.deepEqual([id, 'rewardLearning' in states], ['server', true]);
    assert.equal(names.get(server.parentId!), 'simulation');
  });

  it('changes nothing: with a receiver and without, the trace is one', async () => {
    await attached();
    const inspected = await protocolRun([], { inspect: inspector.inspect });
    const plain = await protocolRun();
    assert.equal(inspected.run.traceHash(), plain.run.traceHash());
  });

  it('tells one that comes late of all actors as they are, then what happens on', async () => {
    let attaching: Promise<Receiver> | null = null;
    const untrained = untrainedExecutor();
    const executor: Executor = {
      ...untrained,
      run: async <K extends TaskKind>(task: TaskRequest<K>) => {
        if (task.kind === 'align') await (attaching ??= attached());
        return untrained.run(task);
      },
    };
    await protocolRun([], { inspect: inspector.inspect, executor });
    await inspector.close();
    const { frames, names } = await attaching!;
    const first = frames.slice(
      0,
      frames.findIndex(({ type }) => type !== '@xstate.actor'),
    );
    const states = new Map(
      first.flatMap((frame) => (frame.type === '@xstate.actor' ? [[frame.name, frame.snapshot]] : [])),
    );
    assert.deepEqual(
      named.filter((name) => !states.has(name)),
      [],
    );
    assert.deepEqual(states.get('server')?.value, { alignmentTuning: 'collecting' });
    const last = frames.findLast((frame) => frame.type === '@xstate.snapshot')!;
    assert.equal(names.get(last.sessionId), 'simulation');
    assert.equal((last.snapshot as { value?: unknown }).value, 'finished');
  });

  it('tells one that comes after the run how each actor ended, and of no task that is over', async () => {
    await protocolRun([], { inspect: inspector.inspect });
    const receiver = await attached();
    await inspector.close();
    assert.deepEqual([...receiver.names.values()].sort(), named);
    const simulation = receiver.of('@xstate.actor').find(({ name }) => name === 'simulation')!;
    assert.equal(simulation.snapshot.value, 'finished');
  });

  it('shows handles by their hashes, and no frame beyond its size', async () => {
    const receiver = await attached();
    await protocolRun([], { inspect: inspector.inspect });
    await inspector.close();
    const { names } = receiver;
    const client = receiver
      .of('@xstate.snapshot')
      .findLast(
        ({ sessionId, event }) => names.get(sessionId) === 'client-1' && event.type !== 'xstate.stop',
      )!;
    const { context } = client.snapshot as unknown as { context: { model: Record<string, string> } };
    assert.match(context.model['lora']!, /^lora [0-9a-f]{8}$/);
    const longest = Math.max(...receiver.frames.map((frame) => JSON.stringify(frame).length));
    assert.ok(longest <= 1 << 16, String(longest));
  });

  it('listens on 127.0.0.1 and lets nobody in without the token that it printed', async () => {
    const { hostname, host, searchParams } = new URL(inspector.address);
    assert.equal(hostname, '127.0.0.1');
    assert.match(searchParams.get('token')!, /^[0-9a-f]{32}$/);
    assert.equal(await statusOf(inspector.address), 101);
    for (const query of ['', '?token=', `?token=${'0'.repeat(32)}`, '?token', '?%', '?token=%E0%A4%A']) {
      assert.equal(await statusOf(`ws://${host}/${query}`), 403, query);
    }
  });

  it('refuses a name that is not this machine’s own, though it leads here', async () => {
    const { port } = new URL(inspector.address);
    const asked = (host: string) => statusOf(inspector.address, { headers: { host } });
    assert.equal(await asked(`localhost:${port}`), 101);
    for (const host of [`evil.example:${port}`, 'localhost', `127.0.0.1:${Number(port) + 1}`]) {
      assert.equal(await asked(host), 403, host);
    }
  });

  it('refuses pages but those of an origin that the user has named', async () => {
    const from = (origin: string) => statusOf(inspector.address, { origin });
    assert.equal(await from('https://stately.ai'), 101);
    for (const origin of [
      'https://evil.example',
      'http://stately.ai',
      'https://stately.ai.evil.example',
      'null',
    ]) {
      assert.equal(await from(origin), 403, origin);
    }
  });

  it('is no web page', async () => {
    const asked = request(inspector.address.replace('ws:', 'http:')).end();
    const [{ statusCode }] = (await once(asked, 'response')) as [{ statusCode: number }];
    assert.equal(statusCode, 426);
  });

  it('lets eight in and no more', async () => {
    const sockets = Array.from({ length: 8 }, () => new WebSocket(inspector.address));
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    assert.equal(await statusOf(inspector.address), 503);
  });

  it('drops a receiver that does not keep up, and goes on for the others', async () => {
    const slow = new WebSocket(inspector.address);
    await once(slow, 'open');
    slow.pause();
    const other = new Receiver(inspector.address);
    while (notes.length < 2) await soon();
    const text = 'x'.repeat(60);
    const event = { type: 'go', rows: Array.from({ length: 25 }, () => Array(25).fill(text) as string[]) };
    const actorRef = { sessionId: 'x:0', systemId: 'server' } as unknown as AnyActor;
    const isDropped = () => notes.some((note) => note.startsWith('An inspector was dropped'));
    let sent = 0;
    for (; !isDropped() && sent < 5_000; sent++) {
      inspector.inspect({ type: '@xstate.event', rootId: 'x:0', actorRef, sourceRef: undefined, event });
      await soon();
    }
    assert.ok(isDropped());
    await inspector.close();
    assert.equal(other.frames.length, sent);
    slow.terminate();
  });

  it('says in one line that a port is taken', async () => {
    const port = Number(new URL(inspector.address).port);
    const again = Inspector.open({ port, origins: [], onNote: () => {} });
    await assert.rejects(again, (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, new RegExp(`^--inspect: is ${port}, .*EADDRINUSE.*expected a free port`));
      return true;
    });
    await assert.rejects(Inspector.open({ port: 70_000, origins: [], onNote: () => {} }), UserError);
  });
});
