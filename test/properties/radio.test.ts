import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BusEvent } from '../../src/simulation/bus/bus.js';
import { attemptsAt, type Attempt } from '../../src/radio/channel/attempts.js';
import type { Link } from '../../src/radio/channel/link.js';
import { capacityBps } from '../../src/radio/channel/rate.js';
import { inBoth } from '../../src/radio/channel/retransmission/packets.js';
import { retransmissions } from '../../src/radio/channel/retransmission/index.js';
import { causality } from '../../src/records/invariants/causality.js';
import { conservation } from '../../src/records/invariants/conservation.js';
import { cost } from '../../src/records/invariants/cost.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { linkEvents } from '../actors/link-events.js';
import {
  channelWith,
  linksWith,
  messageOf,
  uplinkWith,
  type ChannelChanges,
} from '../radio/channel/a-link.js';

type Channel = Scenario['channel'];

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const adaptive = oneOf<Channel['rate']>('capacity', 'cutoff', 'inversion', 'mcs');
const sharings = oneOf<Channel['uplink']['sharing']>(
  'orthogonal',
  'split-power-kept',
  'split-density-kept',
  'tdma',
);
const bursts = { lossGood: 0.05, lossBad: 0.9, goodSeconds: 0.3, badSeconds: 0.1, fadeGain: null };

/** Ranges in which hardly a message takes more than a few thousand blocks. */
const settings = {
  fading: oneOf<Channel['fading']>('none', 'rayleigh', 'rician', 'nakagami'),
  correlation: oneOf<Channel['correlation']>('independent', 'gauss-markov', 'jakes'),
  dopplerHz: oneOf(0, 1, 30),
  coherenceSeconds: oneOf(0.005, 0.05, 1),
  rate: oneOf<Channel['rate']>('capacity', 'cutoff', 'inversion', 'mcs', 'fixed'),
  fixedRateBps: oneOf(2e5, 1e6),
  cutoffGain: oneOf(0.1, 0.5),
  lossProbability: oneOf(0, 0.3, 1),
  gilbertElliott: oneOf(null, bursts),
  retransmission: oneOf<Channel['retransmission']>('none', 'arq', 'harq-chase', 'harq-ir'),
  maxTransmissions: fc.integer({ min: 1, max: 6 }),
  backoffSeconds: oneOf(0, 0.2),
  ackLossProbability: oneOf(0, 0.4),
  packetBits: oneOf(null, 1000, 30_000),
  packetHeaderBits: oneOf(0, 64),
  receivePowerWatts: oneOf(0, 0.3),
  idlePowerWatts: oneOf(0, 0.02),
};
const sides = {
  meanSnrDb: fc.integer({ min: 0, max: 25 }),
  powerWatts: oneOf(0.1, 2),
  sharing: sharings,
};
const anyChannel: fc.Arbitrary<ChannelChanges> = fc.record({
  ...settings,
  maxAttemptSeconds: fc.constant(300),
  story: fc.constant('blocks' as const),
  uplink: fc.record(sides),
  downlink: fc.record({ ...sides, cast: oneOf<'unicast' | 'broadcast'>('unicast', 'broadcast') }),
});
const anyBits = fc.integer({ min: 0, max: 150_000 });
const anySeed = fc.nat();
const clients = 3;

const send = (link: Link, bits: number, startSeconds = 0) =>
  attemptsAt(bits, link, messageOf(1), startSeconds);
const endOf = (attempts: readonly Attempt[]) => {
  const { atSeconds, seconds } = attempts.at(-1)!;
  return atSeconds + seconds;
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('every message over every link', () => {
  it('has finite figures that agree with each other', () => {
    fc.assert(
      fc.property(anyChannel, anyBits, anySeed, (changes, bits, seed) => {
        const link = uplinkWith(changes, { clients, seed });
        const attempts = send(link, bits);
        const most = retransmissions[link.retransmission].maxTransmissions(link.maxTransmissions);
        assert.ok(attempts.length >= 1 && attempts.length <= most);
        for (const attempt of attempts) {
          const {
            samples,
            blackouts,
            lost,
            arrives,
            acknowledged,
            band: _,
            packetsAfter,
            ...figures
          } = attempt;
          for (const [name, figure] of Object.entries(figures)) {
            assert.ok(Number.isFinite(figure) && figure >= 0, `${name} is ${figure}`);
          }
          for (const { gain, rateBps } of samples)
            assert.ok(Number.isFinite(gain) && Number.isFinite(rateBps));
          assert.equal(blackouts.length > 0, figures.blackoutSeconds > 0);
          assert.ok(figures.blackoutSeconds <= figures.seconds);
          const { seconds, onAirSeconds, energyJoules, transmitJoules, receiveJoules, idleJoules } = figures;
          assert.ok(onAirSeconds <= seconds * (1 + 1e-12));
          assert.ok(
            Math.abs(energyJoules - transmitJoules - receiveJoules - idleJoules) <= 1e-12 * energyJoules,
          );
          assert.equal(lost === null, figures.lostPackets === 0);
          assert.ok(figures.lostPackets <= figures.packets);
          assert.equal(packetsAfter === undefined, link.packetBits === null);
          if (!packetsAfter) continue;
          const { sent, missingBefore, missing, unacknowledged } = packetsAfter;
          assert.equal(sent.length, figures.packets);
          assert.deepEqual(inBoth(missingBefore, missing), missing);
          assert.deepEqual(inBoth(sent, unacknowledged), unacknowledged);
          assert.ok(
            missingBefore.length - missing.length >=
              figures.packets - figures.lostPackets - (sent.length - missingBefore.length),
          );
          if (arrives) assert.equal(missing.length, 0);
        }
        assert.ok(attempts.filter(({ arrives }) => arrives).length <= 1);
        assert.ok(attempts.slice(0, -1).every(({ acknowledged }) => !acknowledged));
      }),
      { numRuns: 400 },
    );
  });

  it('is not faster than Shannon’s rate at the best gain that it met', () => {
    fc.assert(
      fc.property(anyChannel, anyBits, anySeed, (changes, bits, seed) => {
        const link = uplinkWith(changes, { clients, seed });
        const attempts = send(link, bits);
        fc.pre(attempts.some(({ arrives }) => arrives));
        fc.pre(attempts.every(({ samples, blocks }) => samples.length === blocks));
        const snr = link.snr.ratioAt(0);
        const capacity = (gain: number) =>
          gain === 0 ? 0 : capacityBps(link.bandwidthHz, snr * link.policy.powerRatio(gain, snr), gain);
        const most = sum(
          attempts.map(
            ({ samples, onAirSeconds }) =>
              onAirSeconds * Math.max(0, ...samples.map(({ gain }) => capacity(gain))),
          ),
        );
        assert.ok(most >= bits * (1 - 1e-9), `${most} bits at most, and ${bits} have arrived`);
      }),
      { numRuns: 300 },
    );
  });

  it('is not slower at a higher SNR under the same draws, where the rate follows the gain', () => {
    const changes = fc.record({
      ...settings,
      rate: adaptive,
      gilbertElliott: fc.constant(null),
      sharing: sharings,
    });
    const db = fc.integer({ min: 0, max: 25 });
    const more = fc.double({ min: 0, max: 15, noNaN: true });
    fc.assert(
      fc.property(changes, anyBits, anySeed, db, more, ({ sharing, ...channel }, bits, seed, low, moreDb) => {
        const [before, after] = [low, low + moreDb].map((meanSnrDb) =>
          send(uplinkWith({ ...channel, uplink: { sharing, meanSnrDb } }, { clients, seed }), bits),
        );
        assert.equal(after!.length, before!.length);
        assert.ok(endOf(after!) <= endOf(before!) * (1 + 1e-9), `${endOf(after!)} s > ${endOf(before!)} s`);
      }),
      { numRuns: 300 },
    );
  });

  it('is not sent more often at a higher SNR under the same draws, as one packet at a fixed rate', () => {
    const fixed = fc.record({
      ...settings,
      rate: fc.constant('fixed' as const),
      packetBits: fc.constant(null),
      sharing: oneOf<Channel['uplink']['sharing']>('orthogonal', 'split-power-kept', 'tdma'),
    });
    const db = fc.integer({ min: -5, max: 15 });
    const more = fc.double({ min: 0, max: 15, noNaN: true });
    fc.assert(
      fc.property(fixed, anyBits, anySeed, db, more, ({ sharing, ...channel }, bits, seed, low, moreDb) => {
        const [before, after] = [low, low + moreDb].map((meanSnrDb) =>
          send(uplinkWith({ ...channel, uplink: { sharing, meanSnrDb } }, { clients, seed }), bits),
        );
        const arrival = (attempts: readonly Attempt[]) => attempts.findIndex(({ arrives }) => arrives);
        assert.ok(after!.length <= before!.length);
        if (arrival(before!) >= 0) assert.ok(arrival(after!) >= 0 && arrival(after!) <= arrival(before!));
      }),
      { numRuns: 300 },
    );
  });

  it('draws what it draws whatever other clients there are', () => {
    fc.assert(
      fc.property(anyChannel, anyBits, anySeed, (changes, bits, seed) => {
        // Whoever shares a band has less of it with each client.
        const channel: ChannelChanges = { ...changes, uplink: { ...changes.uplink, sharing: 'orthogonal' } };
        const [alone, among] = [1, 4].map((count) =>
          send(uplinkWith(channel, { clients: count, seed }), bits, 2),
        );
        assert.deepEqual(among, alone);
      }),
      { numRuns: 100 },
    );
  });

  it('has one story, whatever was asked of its link before', () => {
    fc.assert(
      fc.property(anyChannel, anyBits, anySeed, (changes, bits, seed) => {
        const link = uplinkWith(changes, { clients, seed });
        const first = send(link, bits, 5);
        send(link, 1000, 1);
        send(link, 1000, 90);
        assert.deepEqual(send(link, bits, 5), first);
        assert.deepEqual(send(uplinkWith(changes, { clients, seed }), bits, 5), first);
      }),
      { numRuns: 100 },
    );
  });
});

describe('all messages over bus, clock and links', () => {
  const fault = fc.record(
    {
      effect: oneOf<Channel['faults'][number]['effect']>(
        'drop',
        'corrupt',
        'duplicate',
        'delay',
        'slow',
        'blackout',
      ),
      client: fc.integer({ min: 1, max: 3 }),
      direction: oneOf<'uplink' | 'downlink'>('uplink', 'downlink'),
      round: fc.integer({ min: 1, max: 8 }),
      probability: oneOf(0.3, 1),
      fromSeconds: oneOf(0, 1),
      toSeconds: oneOf(2, 5),
      delaySeconds: oneOf(0, 0.1, 20),
    },
    { requiredKeys: ['effect', 'toSeconds'] },
  );
  const sending = fc.record({
    afterSeconds: oneOf(0, 0.5, 3),
    bits: anyBits,
    link: fc.nat(2 * clients - 1),
  });
  const count = (log: readonly BusEvent[], counts: (event: BusEvent) => boolean) => {
    const counted = log.filter(counts);
    return { messages: counted.length, bits: sum(counted.map(({ bits }) => bits)) };
  };
  const isEnd = (event: BusEvent) =>
    event.phase === 'delivered' || (event.phase === 'settled' && event.outcome === 'dropped');

  it('are sent or copied, then delivered, dropped or in flight: none is lost, none is made', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyChannel,
        fc.array(fault, { maxLength: 4 }),
        fc.array(sending, { maxLength: 10 }),
        oneOf(1, 3, Infinity),
        anySeed,
        async (changes, faults, sendings, untilSeconds, seed) => {
          const channel = { ...changes, faults, story: 'none' as const };
          const links = linksWith(channel, { clients, seed });
          const checkers = [
            conservation(),
            causality(),
            cost({ seed, channel: channelWith(channel), clients: { count: clients, devices: [] } }),
          ];
          const log = await linkEvents(
            links,
            sendings.map(({ link, ...rest }) => ({ ...rest, link: links[link]! })),
            { checkers, untilSeconds },
          );
          const begun = count(log, ({ phase }) => phase === 'sent' || phase === 'duplicated');
          const ended = count(log, isEnd);
          const endedIds = new Set(log.filter(isEnd).map(({ envelope: { id } }) => id));
          const inFlight = count(
            log,
            ({ phase, envelope: { id } }) =>
              (phase === 'sent' || phase === 'duplicated') && !endedIds.has(id),
          );
          assert.equal(endedIds.size, ended.messages);
          assert.equal(ended.messages + inFlight.messages, begun.messages);
          assert.equal(ended.bits + inFlight.bits, begun.bits);
          if (untilSeconds === Infinity) assert.equal(inFlight.messages, 0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
