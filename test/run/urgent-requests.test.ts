import assert from 'node:assert/strict';
import { isRequest, type Message } from '../../machines/events.js';
import { messageKinds, protocol, type MessageKind } from '../../machines/protocol.js';
import type { World } from '../../src/actors/world.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { protocolRun } from './untrained.js';

/*
 * `server.late` "urge": who lags as far as the bound is asked to hand in what it has. Four clients without training, of
 * whom one is twenty times as slow as the others, and a link that is fast beside them.
 */

const settings = [
  'clients.count=4',
  'clients.weightHarmless=uniform',
  `clients.devices=${JSON.stringify([{ gigaflopsPerSecond: 8, share: 1 }])}`,
  'data.synthetic.facts=0',
  'server.quorum=1',
  'server.discipline=asynchronous',
  'server.aggregation=fedasync',
  'channel.uplink.bandwidthHz=100000000',
  'channel.downlink.bandwidthHz=100000000',
  'channel.uplink.referenceBandwidthHz=null',
  'channel.downlink.referenceBandwidthHz=null',
  'instruction.localSteps=10',
  'reward.localSteps=10',
  'alignment.ppoEpochs=10',
  ...['instruction', 'reward', 'alignment'].flatMap((stage) => [
    `${stage}.maxRounds=80`,
    `${stage}.convergence.patience=99`,
  ]),
];
const urge = ['server.late=urge', 'server.maxStaleness=10'];
const slow = 'client-4';
/** Of the slow client's tasks, the one that takes as long as its orders are about. */
const work = ['instruct', 'reward', 'align'];

const slowed = ({ slowness }: World) => void slowness.set(slow, 20);

interface Course {
  readonly requests: readonly {
    readonly to: string;
    readonly message: Message;
    readonly atSeconds: number;
  }[];
  readonly tasks: readonly { readonly what: string; readonly task: string; readonly atSeconds: number }[];
  /** When the slow client's updates were sent, and of which version. */
  readonly updates: readonly { readonly version: number; readonly atSeconds: number }[];
  /** Versions that the stalest update of stage 1 was behind: what comes before the first work of stage 3 cannot be cut short. */
  readonly stalest: number;
}

async function course(set: readonly string[]): Promise<Course> {
  const requests: { to: string; message: Message; atSeconds: number }[] = [];
  const tasks: { what: string; task: string; atSeconds: number }[] = [];
  const updates: { version: number; atSeconds: number }[] = [];
  let stalest = 0;
  const next = (event: RunEvent) => {
    if (event.type === 'aggregate') {
      const own = event.updates.filter(({ answers }) => answers.stage === 'instruction');
      stalest = Math.max(stalest, ...own.map(({ staleness }) => staleness));
    }
    if (event.type === 'bus' && event.event.phase === 'sent') {
      const { atSeconds, envelope } = event.event;
      const { to, from, message } = envelope;
      if (isRequest(message)) requests.push({ to, message, atSeconds });
      if (from === slow && message.direction === 'up') {
        updates.push({ version: message.answers.version, atSeconds });
      }
    }
    if (
      (event.type === 'task-started' || event.type === 'task-finished' || event.type === 'task-dropped') &&
      event.actor === slow &&
      work.includes(event.task)
    ) {
      tasks.push({ what: event.type, task: event.task, atSeconds: event.virtualSeconds });
    }
  };
  const { ended } = await protocolRun([...settings, ...set], {
    observers: [{ next }],
    prepare: slowed,
  });
  assert.equal(ended.reason, 'finished', JSON.stringify(ended));
  return { requests, tasks, updates, stalest };
}

describe('an urgent request', () => {
  it('goes to who is as many versions behind as the bound, in every stage, and to nobody else', async () => {
    const { requests } = await course(urge);
    assert.deepEqual(
      [...new Set(requests.map(({ message }) => message.kind))],
      ['update-request', 'reward-request', 'alignment-request'],
    );
    for (const { to, message } of requests) {
      assert.equal(to, slow);
      assert.ok(
        isRequest(message) && message.version - message.about.version === 10,
        JSON.stringify(message),
      );
    }
    assert.deepEqual((await course(['server.late=accept'])).requests, []);
  });

  it('ends the work after the step that the client is at', async () => {
    const whole = (await course(['server.late=accept'])).tasks;
    const wholeSeconds = whole[1]!.atSeconds - whole[0]!.atSeconds;
    const { tasks } = await course(urge);
    assert.deepEqual(
      tasks.slice(0, 4).map(({ what }) => what),
      ['task-started', 'task-dropped', 'task-started', 'task-finished'],
    );
    const [begun, dropped, , finished] = tasks.map(({ atSeconds }) => atSeconds);
    const steps = Math.ceil((10 * (dropped! - begun!)) / wholeSeconds);
    assert.ok(steps < 10, `${steps} steps`);
    assert.ok(Math.abs(finished! - begun! - (steps / 10) * wholeSeconds) < 2e-6);
  });

  it('keeps updates from getting much older than the bound', async () => {
    const [urged, accepted] = [await course(urge), await course(['server.late=accept'])];
    assert.ok(urged.stalest < accepted.stalest, `${urged.stalest} and ${accepted.stalest} versions`);
    assert.ok(urged.updates.length > accepted.updates.length);
  });

  it('that is lost is sent again with the next version', async () => {
    const lost = { effect: 'drop', kind: 'update-request', round: 10 };
    // Without repeats its loss is known before the next version opens.
    const set = [...urge, 'channel.retransmission=none', `channel.faults=${JSON.stringify([lost])}`];
    const { requests } = await course(set);
    const first = requests.filter(
      ({ message }) => message.kind === 'update-request' && message.about.version === 0,
    );
    assert.deepEqual(
      first.map(({ message }) => isRequest(message) && message.version),
      [10, 11],
    );
  });

  it('about work that was handed in already changes nothing', async () => {
    const late = { effect: 'delay', kind: 'update-request', delaySeconds: 1000 };
    const { tasks } = await course([...urge, `channel.faults=${JSON.stringify([late])}`]);
    assert.ok(tasks.every(({ what, task }) => task !== 'instruct' || what !== 'task-dropped'));
  });

  it('whose copy comes while the work is ending is taken once', async () => {
    const twice = { effect: 'duplicate', direction: 'downlink', delaySeconds: 0.001 };
    const copied = await course([...urge, `channel.faults=${JSON.stringify([twice])}`]);
    assert.ok(copied.tasks.some(({ what }) => what === 'task-dropped'));
    assert.deepEqual(copied.tasks, (await course(urge)).tasks);
  });

  it('is the cause of each event that tells of it, as a message of any other kind is', async () => {
    const requests = messageKinds.filter((kind) => kind.endsWith('-request'));
    const lost = requests.map((kind) => ({ effect: 'drop', kind, probability: 0.5 }));
    const kinds = new Map<number, MessageKind>();
    const told = new Set<string>();
    const next = (event: RunEvent) => {
      if (event.type === 'bus') kinds.set(event.event.envelope.id, event.event.envelope.message.kind);
      if (event.type !== 'actor' || !/\.(sent|delivered|dropped|settled)$/.test(event.event)) return;
      const { cause } = event;
      told.add(`${event.event}: ${cause.by === 'message' ? kinds.get(cause.message) : cause.by}`);
    };
    const set = ['channel.retransmission=none', `channel.faults=${JSON.stringify(lost)}`];
    await protocolRun([...settings, ...urge, ...set], {
      observers: [{ actors: true, next }],
      prepare: slowed,
    });
    const expected = messageKinds.flatMap((kind) => {
      if (requests.includes(kind)) return [`request.delivered: ${kind}`, `request.dropped: ${kind}`];
      if (protocol[kind].direction === 'down') return [`download.delivered: ${kind}`];
      return [`upload.delivered: ${kind}`, `upload.settled: ${kind}`];
    });
    const handed = messageKinds.map((kind) => `message.sent: ${kind}`);
    assert.deepEqual([...told].sort(), [...expected, ...handed].sort());
  });
});
