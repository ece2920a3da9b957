import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createActor } from 'xstate';
import type { Upload } from '../../machines/events.js';
import { attemptOf, linksOf, provideChannel, type RadioLink } from '../../src/actors/channel.js';
import { Bus, type BusEvent } from '../../src/bus/bus.js';
import { VirtualClock } from '../../src/clock/virtual-clock.js';

const upload: Upload = {
  kind: 'update',
  step: '1.3',
  stage: 'instruction',
  round: 1,
  shared: {},
  params: [],
  rows: 0,
  loss: 0,
};

const uplink: RadioLink = {
  id: 'client-0/uplink',
  sender: 'client-0',
  recipient: 'server',
  seed: 1,
  powerWatts: 2,
  meanSnrDb: 5,
  bandwidthHz: 1e6,
  fading: 'rayleigh',
  coherenceSeconds: 0.05,
  lossProbability: 0,
  retransmission: 'arq',
  maxTransmissions: 4,
  feedbackSeconds: 0.01,
};

interface Sending {
  readonly afterSeconds: number;
  readonly bits: number;
  readonly link?: RadioLink;
  /** The place in the list of sendings, from 1, if absent. */
  readonly round?: number;
}

const messageOf = (round: number, bits: number): Upload => ({ ...upload, round, rows: bits });
/** The pure function's account of an attempt at the n-th sending. */
const attemptAt = (link: RadioLink, round: number, attempt: number, bits: number) =>
  attemptOf(link, messageOf(round, bits), attempt, bits);

/** Runs a real clock, bus and link actors until nothing is left; the upload's `rows` stand for its bits. */
async function events(links: readonly RadioLink[], sendings: readonly Sending[]): Promise<BusEvent[]> {
  const clock = new VirtualClock();
  const bus = new Bus(clock, (message) => ('rows' in message ? message.rows : 0));
  const log: BusEvent[] = [];
  bus.events.subscribe((event) => log.push(event));
  const machine = provideChannel({ bus }, links);
  const actors = links.map(({ id }) => createActor(machine, { clock, systemId: id, input: { link: id } }));
  for (const actor of actors) {
    actor.subscribe({ error: (error) => assert.fail(String(error)) });
    actor.start();
  }
  sendings.forEach(({ afterSeconds, bits, link = links[0]!, round }, i) => {
    const message = messageOf(round ?? i + 1, bits);
    clock.at(afterSeconds, () => bus.send(link.sender, link.recipient, message));
  });
  assert.equal(await clock.run(), 'idle');
  for (const actor of actors) {
    assert.equal(actor.getSnapshot().value, 'idle');
    assert.deepEqual(actor.getSnapshot().context.queue, []);
  }
  return log;
}

const brief = (log: readonly BusEvent[]) => log.map(({ phase, envelope: { id } }) => `${phase} ${id}`);
/** The clock rounds every attempt and every wait to a microsecond. */
const within = (seconds: number, expected: number) =>
  assert.ok(Math.abs(seconds - expected) <= 5e-6, `${seconds} s instead of ${expected} s`);

describe('a link actor', () => {
  it('sends one message after the other in the order of sending, each in its own time', async () => {
    const log = await events(
      [uplink],
      [
        { afterSeconds: 0, bits: 1e6 },
        { afterSeconds: 0.1, bits: 2e6 },
        { afterSeconds: 0.1, bits: 512 },
      ],
    );
    assert.deepEqual(brief(log), [
      'sent 1',
      'sent 2',
      'sent 3',
      'attempt 1',
      'delivered 1',
      'attempt 2',
      'delivered 2',
      'attempt 3',
      'delivered 3',
    ]);
    const airSeconds = [1e6, 2e6, 512].map((bits, i) => attemptAt(uplink, i + 1, 1, bits).onAirSeconds);
    const deliveries = log.filter(({ phase }) => phase === 'delivered');
    within(deliveries[0]!.atSeconds, airSeconds[0]!);
    within(deliveries[1]!.atSeconds, airSeconds[0]! + airSeconds[1]!);
    within(deliveries[2]!.atSeconds, airSeconds[0]! + airSeconds[1]! + airSeconds[2]!);
  });

  it('accounts bits, time and energy as the pure functions do', async () => {
    const log = await events([uplink], [{ afterSeconds: 0, bits: 1e6 }]);
    const { onAirSeconds } = attemptAt(uplink, 1, 1, 1e6);
    const { bits, attempts, ...delivered } = log.at(-1)!;
    assert.deepEqual([bits, attempts], [1e6, 1]);
    assert.equal(delivered.onAirSeconds, onAirSeconds);
    assert.equal(delivered.energyJoules, 2 * onAirSeconds);
  });

  it('gives a message up after its last allowed attempt, and tells so after the feedback time', async () => {
    const link = { ...uplink, lossProbability: 1 };
    const log = await events([link], [{ afterSeconds: 0, bits: 1e5 }]);
    assert.deepEqual(brief(log), ['sent 1', 'attempt 1', 'attempt 1', 'attempt 1', 'attempt 1', 'dropped 1']);
    const attempts = [1, 2, 3, 4].map((attempt) => attemptAt(link, 1, attempt, 1e5));
    const airSeconds = attempts.reduce((sum, { onAirSeconds }) => sum + onAirSeconds, 0);
    const dropped = log.at(-1)!;
    within(dropped.atSeconds, airSeconds + 4 * link.feedbackSeconds);
    within(dropped.onAirSeconds, airSeconds);
    within(dropped.energyJoules, 2 * airSeconds);
    assert.equal(dropped.attempts, 4);
    assert.ok(dropped.phase === 'dropped' && dropped.reason === 'loss');
  });

  it('sends once only where nothing is retransmitted', async () => {
    const link: RadioLink = { ...uplink, lossProbability: 1, retransmission: 'none' };
    const log = await events([link], [{ afterSeconds: 0, bits: 1e5 }]);
    assert.deepEqual(brief(log), ['sent 1', 'attempt 1', 'dropped 1']);
  });

  it('drops a message whose rate would take for ever, once, with the reason outage', async () => {
    const link = { ...uplink, meanSnrDb: -300 };
    const log = await events(
      [link],
      [
        { afterSeconds: 0, bits: 1e9 },
        { afterSeconds: 1, bits: 0 },
      ],
    );
    assert.deepEqual(brief(log), ['sent 1', 'sent 2', 'attempt 1', 'dropped 1', 'attempt 2', 'delivered 2']);
    const dropped = log[3]!;
    assert.ok(dropped.phase === 'dropped' && dropped.reason === 'outage');
  });

  it('needs 1.364531 transmissions and loses 0.5402 % where an attempt fails with 0.271107', async () => {
    // shared reference channel.json, truncatedArq; 4 standard errors.
    const link = { ...uplink, lossProbability: 0.271107, feedbackSeconds: 0 };
    const count = 4_000;
    const sendings = Array.from({ length: count }, (_, i) => ({ afterSeconds: i, bits: 100 }));
    const log = await events([link], sendings);
    const attempts = log.filter(({ phase }) => phase === 'attempt').length / count;
    const dropped = log.filter(({ phase }) => phase === 'dropped').length / count;
    assert.ok(Math.abs(attempts - 1.364531) < 4 * (0.7 / Math.sqrt(count)), String(attempts));
    assert.ok(Math.abs(dropped - 0.005402) < 4 * Math.sqrt(0.005402 / count), String(dropped));
  });

  it('ends every message once, at the earliest when it was sent plus its time on the air', async () => {
    const sending = fc.record({
      afterSeconds: fc.integer({ min: 0, max: 3 }),
      bits: fc.integer({ min: 0, max: 1_000_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sending, { maxLength: 12 }), fc.nat(), async (sendings, seed) => {
        const link = { ...uplink, seed, lossProbability: 0.4, maxTransmissions: 2 };
        const log = await events([link], sendings);
        for (let id = 1; id <= sendings.length; id++) {
          const own = log.filter(({ envelope }) => envelope.id === id);
          const end = own.at(-1)!;
          assert.equal(own.filter(({ phase }) => phase === 'delivered' || phase === 'dropped').length, 1);
          assert.ok(end.phase === 'delivered' || end.phase === 'dropped');
          assert.ok(end.atSeconds + 2e-6 >= own[0]!.atSeconds + end.onAirSeconds);
          const joules = own.map((event) => (event.phase === 'attempt' ? event.attempt.energyJoules : 0));
          within(
            end.energyJoules,
            joules.reduce((sum, energy) => sum + energy, 0),
          );
          assert.equal(end.attempts, own.filter(({ phase }) => phase === 'attempt').length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('draws nothing else because another client is on the air before it', async () => {
    const neighbour: RadioLink = { ...uplink, id: 'client-1/uplink', sender: 'client-1' };
    const own = { afterSeconds: 0, bits: 1e6, round: 1 };
    const alone = await events([uplink], [own]);
    const together = await events([uplink, neighbour], [{ ...own, link: neighbour }, own]);
    const accounts = (log: readonly BusEvent[]) =>
      log
        .filter(({ envelope }) => envelope.from === 'client-0')
        .map(({ envelope: { id, ...envelope }, ...account }) => ({ envelope, ...account }));
    assert.deepEqual(accounts(together), accounts(alone));
    const seconds = (link: RadioLink) => attemptAt(link, 1, 1, 1e6).onAirSeconds;
    assert.notEqual(seconds(neighbour), seconds(uplink));
  });

  it('loses the same messages whatever the SNR is', () => {
    const lossy = { ...uplink, lossProbability: 0.5 };
    for (let round = 1; round <= 100; round++) {
      const { lost } = attemptAt(lossy, round, 1, 1e4);
      assert.equal(attemptAt({ ...lossy, meanSnrDb: 15 }, round, 1, 1e4).lost, lost);
    }
  });
});

describe('the links of a scenario', () => {
  it('are an uplink and a downlink for each client, with the setting of their direction', () => {
    const { powerWatts, meanSnrDb, bandwidthHz, seed, id, sender, recipient, ...both } = uplink;
    const radio = { powerWatts, meanSnrDb, bandwidthHz };
    const channel = { ...both, headerBits: 0, compression: 'none' as const };
    const scenario = { seed, channel: { ...channel, uplink: radio, downlink: { ...radio, powerWatts: 20 } } };
    const links = linksOf(scenario, ['client-0', 'client-1']);
    assert.deepEqual(
      links.map((link) => [link.id, link.sender, link.recipient, link.powerWatts]),
      [
        [id, sender, recipient, 2],
        ['client-0/downlink', 'server', 'client-0', 20],
        ['client-1/uplink', 'client-1', 'server', 2],
        ['client-1/downlink', 'server', 'client-1', 20],
      ],
    );
  });
});
