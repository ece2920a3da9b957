import assert from 'node:assert/strict';
import { attemptsAt, type Attempt } from '../../../src/radio/channel/attempts.js';
import { blockAccumulatedSeconds } from './known-rates.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import type { Link } from '../../../src/radio/channel/link.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { linksWith, messageOf, momentOf, uplinkWith, type ChannelChanges } from './a-link.js';
import { assertMean, assertSd, statisticsOf } from './sample-statistics.js';

/** Adapters of the paper's GPT-2, and what the reference channel takes for them (shared channel.json). */
const adapterBits = 18_590_976;
const snr = ratioOfDecibels(5);
const coherenceSeconds = 0.05;

const send = (
  link: Link,
  bits: number,
  round = 0,
  startSeconds = momentOf(round),
  group: readonly Link[] = [link],
) => attemptsAt(bits, link, messageOf(round), startSeconds, group);
const sendOnce = (link: Link, bits: number, round = 0, startSeconds = momentOf(round)) =>
  send(link, bits, round, startSeconds)[0]!;

const total = (attempts: readonly Attempt[], figure: 'energyJoules' | 'airBits' | 'lostPackets') =>
  attempts.reduce((sum, attempt) => sum + attempt[figure], 0);
const near = (found: number, expected: number, relative = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= relative * Math.abs(expected), `${found} instead of ${expected}`);

/** A constant gain of 1: every time follows from bits and rate. */
const plain: ChannelChanges = { fading: 'none' };
const plainRateBps = capacityBps(1e6, snr, 1);

describe('the time of a message', () => {
  it('is bits over rate where nothing fades', () => {
    const { seconds, onAirSeconds, blocks, lost } = sendOnce(uplinkWith(plain), 1e6);
    // shared reference channel.json, awgnCapacityMbps.
    assert.ok(Math.abs(seconds - 1 / 2.057373) < 1e-6);
    assert.deepEqual([onAirSeconds, blocks, lost], [seconds, 10, null]);
  });

  it('is none for no bits', () => {
    for (const rate of ['capacity', 'fixed'] as const) {
      const { seconds, blocks, arrives, energyJoules } = sendOnce(uplinkWith({ rate }), 0);
      assert.deepEqual([seconds, blocks, arrives, energyJoules], [0, 0, true, 0]);
    }
  });

  it('is refused for an impossible size', () => {
    for (const bits of [-1, NaN, Infinity]) assert.throws(() => send(uplinkWith(), bits), RangeError);
  });

  it('meets the closed form of the reference transfer: 10.842 s in the mean, 0.419 s of deviation', () => {
    const link = uplinkWith();
    const found = statisticsOf(5000, (round) => sendOnce(link, adapterBits, round).seconds);
    assertMean(found, 10.84218, 0.419338);
    assertSd(found, 0.419338);
  });

  it('is that of a tenth of the band with all of the power, 433020 bit/s, for ten that split it', () => {
    const link = uplinkWith({ uplink: { sharing: 'split-power-kept' } }, { clients: 10 });
    const own = { bandwidthHz: 1e5, snr: 10 * snr, coherenceSeconds };
    const closed = blockAccumulatedSeconds(adapterBits, own);
    near(closed.mean, adapterBits / 433020.033, 1e-3);
    const found = statisticsOf(300, (round) => sendOnce(link, adapterBits, round).seconds);
    assertMean(found, closed.mean, closed.standardDeviation);
    const { seconds, energyJoules } = sendOnce(link, adapterBits);
    assert.equal(energyJoules, seconds);
  });

  it('is ten times as long for ten that split band and power, at the same energy', () => {
    const link = uplinkWith({ ...plain, uplink: { sharing: 'split-density-kept' } }, { clients: 10 });
    const { seconds, energyJoules } = sendOnce(link, 1e6);
    near(seconds, 1e7 / plainRateBps);
    near(energyJoules, 1e6 / plainRateBps);
  });

  it('takes of its supply what amplifier and circuits draw while it is on the air', () => {
    const uplink = { powerWatts: 2, referencePowerWatts: 2, amplifierEfficiency: 0.4, circuitPowerWatts: 0.3 };
    const { onAirSeconds, transmitJoules } = sendOnce(uplinkWith({ ...plain, uplink }), 1e6);
    near(onAirSeconds, 1e6 / plainRateBps);
    // 2 W / 0.4 + 0.3 W.
    near(transmitJoules, 5.3 * onAirSeconds);
  });

  it('is ten times as long for ten that take turns, with the same time on the air and energy', () => {
    const changes: ChannelChanges = { idlePowerWatts: 0.01, uplink: { sharing: 'tdma' } };
    const { seconds, onAirSeconds, transmitJoules, idleJoules } = sendOnce(
      uplinkWith({ ...changes, ...plain }, { clients: 10 }),
      1e6,
    );
    near(seconds, 1e7 / plainRateBps);
    near(onAirSeconds, 1e6 / plainRateBps);
    near(transmitJoules, onAirSeconds);
    near(idleJoules, 0.01 * 9 * onAirSeconds);

    const fading = uplinkWith(changes, { clients: 10 });
    const closed = blockAccumulatedSeconds(10 * adapterBits, { bandwidthHz: 1e6, snr, coherenceSeconds });
    const found = statisticsOf(200, (round) => sendOnce(fading, adapterBits, round).seconds);
    assertMean(found, closed.mean, closed.standardDeviation);
  });

  it('is that of the best of four in each block where four share by proportional fairness', () => {
    const link = uplinkWith({ uplink: { sharing: 'proportional-fair' } }, { clients: 4, fullBuffers: true });
    // The best of four has density 4 F^3 f, and a client is the best in a quarter of the blocks.
    const rateBps = gainLaw(link0()).mean((gain) => capacityBps(1e6, snr, gain) * (1 - Math.exp(-gain)) ** 3);
    const bits = 2000 * coherenceSeconds * rateBps;
    const found = statisticsOf(300, (round) => sendOnce(link, bits, round).seconds);
    // The excess over the last block is of the order of two blocks here.
    assert.ok(Math.abs(found.mean - 100) < 3 * (found.sd / Math.sqrt(300)) + 0.1, `${found.mean} s`);
    const shares = statisticsOf(300, (round) => {
      const { seconds, onAirSeconds } = sendOnce(link, bits, round);
      return onAirSeconds / seconds;
    });
    assertMean(shares, 0.25);
  });

  it('is a function of the time at which it is sent, and not of the message, whatever the correlation', () => {
    for (const correlation of ['independent', 'gauss-markov', 'jakes'] as const) {
      const link = uplinkWith({ correlation, dopplerHz: 2 });
      const seconds = (round: number, at: number) => sendOnce(link, 1e5, round, at).seconds;
      assert.equal(seconds(1, 3), seconds(2, 3));
      assert.notEqual(seconds(1, 3), seconds(1, 4));
    }
  });

  it('has what is left of the block that it begins in: block by block the sum of rate and time', () => {
    const link = uplinkWith();
    const { seconds } = sendOnce(link, 1e5, 1, 3.03);
    const rate = (block: number) => capacityBps(1e6, snr, link.path.gainAt(block));
    let [left, expected] = [1e5, 0];
    for (let block = 60, room = 0.02; left > 0; block++, room = 0.05) {
      const time = Math.min(room, left / rate(block));
      expected += time;
      left -= rate(block) * time;
    }
    near(seconds, expected);
  });

  it('varies as much over fine blocks as over coarse ones where gains are correlated, near Clarke’s 0.448 s', () => {
    // 8 Mbit at 5 Hz. By NumPy over 3000 channels: Clarke 0.451 (20 ms) and 0.446 s (5 ms), standard error 0.006;
    // an Ornstein-Uhlenbeck process of the same memory 0.443, 0.431 and 0.431 s (20, 5 and 1 ms).
    const found = [0.02, 0.005, 0.001].map((seconds) => {
      const link = uplinkWith({ correlation: 'gauss-markov', dopplerHz: 5, coherenceSeconds: seconds });
      return statisticsOf(400, (round) => sendOnce(link, 8e6, round).seconds);
    });
    const error = (0.44 / Math.sqrt(800)) * Math.SQRT2;
    for (const one of found) {
      for (const other of found) {
        assert.ok(Math.abs(one.sd - other.sd) < 3 * error, `${one.sd} s and ${other.sd} s`);
      }
      assert.ok(Math.abs(one.sd / 0.448 - 1) < 0.13, `${one.sd} s`);
    }
  });

  it('grows tenfold on a link that a script slows down to a tenth', () => {
    const slow = uplinkWith({ ...plain, faults: [{ effect: 'slow', factor: 0.1 }] });
    near(sendOnce(slow, 1e6).seconds, 1e7 / plainRateBps);
    const fixed = uplinkWith({ ...plain, rate: 'fixed', faults: [{ effect: 'slow', factor: 0.1 }] });
    const { seconds, lost } = sendOnce(fixed, 1e6);
    near(seconds, 10);
    assert.equal(lost, null);
  });
});

const link0 = () => ({ fading: 'rayleigh', ricianK: 0, nakagamiM: 1 }) as const;

describe('a broadcast', () => {
  const broadcast: ChannelChanges = {
    downlink: { cast: 'broadcast', powerWatts: 10, referencePowerWatts: 10 },
    receivePowerWatts: 1,
  };
  const downlinks = (changes: ChannelChanges = {}) =>
    linksWith({ ...broadcast, ...changes }, { clients: 10 }).filter(
      ({ direction }) => direction === 'downlink',
    );

  it('to ten clients goes at the rate of the worst of them in each block: 362150 bit/s, 51.34 s', () => {
    const links = downlinks();
    // The least of ten exponentials is one of a tenth of the mean.
    const closed = blockAccumulatedSeconds(adapterBits, {
      bandwidthHz: 1e6,
      snr: snr / 10,
      coherenceSeconds,
    });
    near(closed.mean, adapterBits / 362150, 1e-3);
    const found = statisticsOf(
      200,
      (round) => send(links[0]!, adapterBits, round, momentOf(round), links)[0]!.seconds,
    );
    assertMean(found, closed.mean, closed.standardDeviation);
  });

  it('takes the same time for everybody, and each message bears its part of the energy', () => {
    const links = downlinks();
    const sent = links.map((link) => send(link, 1e6, 1, 0, links)[0]!);
    assert.equal(new Set(sent.map(({ seconds }) => seconds)).size, 1);
    const { seconds, transmitJoules, receiveJoules } = sent[0]!;
    near(transmitJoules, (10 * seconds) / 10);
    near(receiveJoules, seconds);
  });

  it('is repeated for a client alone that has lost it', () => {
    const links = downlinks({ lossProbability: 0.9, maxTransmissions: 6 });
    const attempts = send(links[0]!, 1e6, 1, 0, links);
    assert.ok(attempts.length > 1);
    const alone = (attempt: Attempt) => send(links[0]!, 1e6, 1, attempt.atSeconds)[0]!.seconds;
    assert.notEqual(attempts[0]!.seconds, alone(attempts[0]!));
    assert.equal(attempts[1]!.seconds, alone(attempts[1]!));
    near(attempts[1]!.transmitJoules, 10 * attempts[1]!.seconds);
  });
});

describe('the packets of a message on the air', () => {
  const packets: ChannelChanges = { packetBits: 1000, packetHeaderBits: 40 };

  it('carry their headers, the last one with what is left', () => {
    const { airBits, seconds, packets: count } = sendOnce(uplinkWith({ ...plain, ...packets }), 9500);
    assert.deepEqual([count, airBits], [10, 9500 + 10 * 40]);
    near(seconds, 9900 / plainRateBps);
  });

  it('are lost one by one as often as the loss probability says', () => {
    const link = uplinkWith({ ...packets, lossProbability: 0.2 });
    const found = statisticsOf(100, (round) => sendOnce(link, 1e6, round).lostPackets);
    assertMean(found, 200, Math.sqrt(1000 * 0.2 * 0.8));
    assertSd(found, Math.sqrt(1000 * 0.2 * 0.8));
  });

  it('are sent again only where they are missing, until all have arrived', () => {
    for (const rate of ['capacity', 'fixed'] as const) {
      const link = uplinkWith({ ...packets, rate, lossProbability: 0.2, maxTransmissions: 100 });
      const attempts = send(link, 1e6);
      attempts.slice(1).forEach(({ packets: sent }, i) => assert.equal(sent, attempts[i]!.lostPackets));
      assert.deepEqual([attempts[0]!.packets, attempts.at(-1)!.lostPackets], [1000, 0]);
      assert.ok(attempts.length > 1 && attempts.length < 100);
      assert.equal(total(attempts, 'airBits'), 1e6 + 40 * 1000 + 1040 * total(attempts, 'lostPackets'));
      assert.deepEqual(
        attempts.map(({ arrives }) => arrives),
        attempts.map((_, i) => i === attempts.length - 1),
      );
    }
  });

  it('need 1 / (1 - p) transmissions each, in the mean over 100 000 of them', () => {
    const link = uplinkWith({ ...packets, lossProbability: 0.2, maxTransmissions: 100 });
    const found = statisticsOf(100, (round) => total(send(link, 1e6, round), 'airBits') / 1040 / 1000);
    // Geometric: mean 1 / (1 - p), variance p / (1 - p)^2 per packet.
    assertMean(found, 1 / 0.8, Math.sqrt(0.2) / 0.8 / Math.sqrt(1000));
  });

  it('are all sent again, and delivered once, where the acknowledgement is lost', () => {
    const attempts = send(uplinkWith({ ...packets, ackLossProbability: 1, maxTransmissions: 3 }), 1e5);
    assert.deepEqual(
      attempts.map(({ packets: sent, arrives, acknowledged, lost }) => [sent, arrives, acknowledged, lost]),
      [
        [100, true, false, null],
        [100, false, false, null],
        [100, false, false, null],
      ],
    );
  });

  it('take bounded work: a message that would be repeated for ever is given up as timed out', () => {
    const hopeless = { packetBits: 10, lossProbability: 1, maxTransmissions: 1000 };
    for (const rate of ['capacity', 'fixed'] as const) {
      const attempts = send(uplinkWith({ ...hopeless, rate }), 1e7);
      assert.ok(attempts.length > 1 && attempts.length < 100, `${attempts.length} attempts`);
      assert.equal(attempts.at(-1)!.lost, 'timeout');
      assert.ok(attempts.slice(0, -1).every(({ lost }) => lost === 'loss'));
    }
  });

  it('wait for as long as they should, however often: twice as long each time, and 1e9 s at most', () => {
    const link = uplinkWith({ lossProbability: 1, maxTransmissions: 1000, backoffSeconds: 1 });
    const waits = send(link, 1e5).map(({ waitSeconds }) => waitSeconds - link.feedbackSeconds);
    [1, 2, 4].forEach((wait, number) => near(waits[number]!, wait));
    near(waits[999]!, 1e9);
    const none = send(uplinkWith({ lossProbability: 1, maxTransmissions: 1000, backoffFactor: 1e6 }), 1e5);
    assert.deepEqual([...new Set(none.map(({ waitSeconds }) => waitSeconds))], [0.01]);
  });

  it('are heard of with the probability that the acknowledgement is not lost', () => {
    const link = uplinkWith({ ackLossProbability: 0.3 });
    const found = statisticsOf(20_000, (round) => Number(sendOnce(link, 1000, round).acknowledged));
    assertMean(found, 0.7, Math.sqrt(0.3 * 0.7));
  });

  it('lose in bursts as much as the two states do in the mean, packets apart in time', () => {
    const gilbertElliott = { lossGood: 0.02, lossBad: 0.7, goodSeconds: 3, badSeconds: 1, fadeGain: null };
    const link = uplinkWith({ gilbertElliott });
    const count = 20_000;
    const found = statisticsOf(count, (round) => sendOnce(link, 1000, round, 100 * round).lostPackets);
    const mean = (0.02 * 3 + 0.7 * 1) / 4;
    assertMean(found, mean, Math.sqrt(mean * (1 - mean)));
  });

  it('are lost together with their neighbours where losses come in bursts', () => {
    const gilbertElliott = { lossGood: 0, lossBad: 1, goodSeconds: 3, badSeconds: 1, fadeGain: null };
    const { lostPackets } = sendOnce(uplinkWith({ gilbertElliott, ...packets }), 1e8);
    // 1e5 packets over 60 s and 15 bursts: about a quarter of them is lost, each with its neighbours.
    assert.ok(lostPackets > 5_000 && lostPackets < 60_000, `${lostPackets} packets`);
  });
});

describe('the energy of a message', () => {
  it('is that of transmitter, receiver and waiting, attempt by attempt', () => {
    const link = uplinkWith({
      lossProbability: 0.5,
      receivePowerWatts: 0.3,
      idlePowerWatts: 0.02,
      maxTransmissions: 8,
      uplink: { powerWatts: 2 },
    });
    let repeats = 0;
    for (let round = 0; round < 50; round++) {
      for (const one of send(link, 1e5, round)) {
        near(one.transmitJoules, 2 * one.onAirSeconds);
        near(one.receiveJoules, 0.3 * one.onAirSeconds);
        assert.ok(Math.abs(one.idleJoules - 0.02 * one.waitSeconds) < 1e-12);
        near(one.energyJoules, one.transmitJoules + one.receiveJoules + one.idleJoules);
        if (one.waitSeconds > 0) repeats++;
      }
    }
    assert.ok(repeats > 10);
  });

  it('has a mean power of the link’s over all blocks where the channel is inverted', () => {
    const link = uplinkWith({ rate: 'inversion', cutoffGain: 0.2 });
    const found = statisticsOf(2000, (round) => {
      const { transmitJoules, seconds } = sendOnce(link, 5e6, round);
      return transmitJoules / seconds;
    });
    // A message ends on the air, which one block of silence more or less of about 200 may show.
    assert.ok(Math.abs(found.mean - 1) < 3 * (found.sd / Math.sqrt(2000)) + 0.01, String(found.mean));
  });

  it('has a fifth of the blocks idle where the sender is silent in them', () => {
    const link = uplinkWith({ rate: 'cutoff', cutoffGain: -Math.log(0.8), idlePowerWatts: 0.5 });
    const found = statisticsOf(1000, (round) => {
      const { idleJoules, seconds } = sendOnce(link, 2e7, round);
      return idleJoules / 0.5 / seconds;
    });
    assert.ok(Math.abs(found.mean - 0.2) < 3 * (found.sd / Math.sqrt(1000)) + 0.005, String(found.mean));
  });
});

describe('the waits of a message', () => {
  it('are the feedback, and a back-off that grows with each attempt', () => {
    const link = uplinkWith({
      lossProbability: 1,
      maxTransmissions: 4,
      feedbackSeconds: 0.01,
      backoffSeconds: 0.5,
      backoffFactor: 3,
    });
    const attempts = send(link, 1000, 1, 7);
    attempts.forEach(({ waitSeconds }, i) => near(waitSeconds, 0.01 + 0.5 * 3 ** i));
    attempts.slice(1).forEach(({ atSeconds }, i) => {
      const before = attempts[i]!;
      near(atSeconds, before.atSeconds + before.seconds + before.waitSeconds);
    });
    assert.equal(attempts[0]!.atSeconds, 7);
  });

  it('are none after an acknowledgement', () => {
    assert.equal(sendOnce(uplinkWith({ backoffSeconds: 1 }), 1000).waitSeconds, 0);
  });
});

describe('what a script does to a message', () => {
  it('drops or corrupts the attempts it names, whatever else would be lost', () => {
    const link = uplinkWith({
      faults: [
        { effect: 'drop', attempt: 1 },
        { effect: 'corrupt', attempt: 2 },
      ],
    });
    assert.deepEqual(
      send(link, 1000).map(({ lost, lostPackets }) => [lost, lostPackets]),
      [
        ['fault', 1],
        ['corrupted', 1],
        [null, 0],
      ],
    );
  });

  it('puts a message to silence in a blackout: at a rate that follows the gain nothing is on the air', () => {
    const blackout = { effect: 'blackout', fromSeconds: 10, toSeconds: 30 } as const;
    const link = uplinkWith({ ...plain, idlePowerWatts: 0.1, faults: [blackout] });
    const bits = 15 * plainRateBps;
    const { seconds, onAirSeconds, transmitJoules, idleJoules, lost } = sendOnce(link, bits);
    near(seconds, 35);
    near(onAirSeconds, 15);
    near(transmitJoules, 15);
    near(idleJoules, 2);
    assert.equal(lost, null);
    near(sendOnce(link, bits, 1, 25).seconds, 20);
    near(sendOnce(link, bits, 1, 30).seconds, 15);
  });

  it('says how long an attempt was in which blackouts, and has none for messages that they do not name', () => {
    const faults: ChannelChanges['faults'] = [
      { effect: 'drop', round: 9 },
      { effect: 'blackout', fromSeconds: 10, toSeconds: 30, round: 1 },
    ];
    const link = uplinkWith({ ...plain, faults });
    const [first, second] = [1, 2].map((round) => sendOnce(link, 15 * plainRateBps, round, 0));
    near(first!.blackoutSeconds, 20);
    assert.deepEqual(first!.blackouts, [1]);
    near(second!.seconds, 15);
    assert.deepEqual([second!.blackoutSeconds, second!.blackouts], [0, []]);
  });

  it('loses the packets that are sent at a fixed rate in a blackout', () => {
    const blackout = { effect: 'blackout', fromSeconds: 2, toSeconds: 5 } as const;
    const fixed: ChannelChanges = { ...plain, rate: 'fixed', fixedRateBps: 1e6, packetBits: 1e5 };
    const [first, second] = send(uplinkWith({ ...fixed, faults: [blackout] }), 1e7);
    assert.deepEqual([first!.lostPackets, first!.lost], [30, 'outage']);
    near(first!.onAirSeconds, 10);
    assert.deepEqual([second!.packets, second!.lostPackets], [30, 0]);
  });
});

describe('an attempt that would take too long', () => {
  it('is given up exactly at the limit, and is not tried again', () => {
    for (const rate of ['capacity', 'fixed', 'mcs'] as const) {
      const link = uplinkWith({ rate, maxAttemptSeconds: 3.21 });
      const attempts = send(link, 1e9);
      assert.equal(attempts.length, 1);
      const [{ seconds, lost, acknowledged, lostPackets }] = attempts as [Attempt];
      assert.ok(Math.abs(seconds - 3.21) < 1e-12, `${seconds} s`);
      assert.deepEqual([lost, acknowledged, lostPackets], ['timeout', false, 1]);
    }
  });

  it('is in time where it ends at the limit', () => {
    const { seconds, lost } = sendOnce(uplinkWith({ ...plain, maxAttemptSeconds: 1.0001 }), plainRateBps);
    near(seconds, 1);
    assert.equal(lost, null);
  });

  it('ends on a dead link too, with energy for the time that it was on the air', () => {
    for (const meanSnrDb of [-30, -100, -300, -3000]) {
      for (const rate of ['capacity', 'cutoff', 'inversion', 'mcs'] as const) {
        const link = uplinkWith({ rate, cutoffGain: 0.5, uplink: { meanSnrDb } });
        const [{ seconds, lost, onAirSeconds, energyJoules }] = send(link, 1e12) as [Attempt];
        assert.deepEqual([seconds, lost], [link.maxAttemptSeconds, 'timeout'], `${rate} at ${meanSnrDb} dB`);
        assert.ok(onAirSeconds <= seconds && Number.isFinite(energyJoules));
      }
    }
  });

  it('never begins to send where the lowest step of the modulation is out of reach', () => {
    const link = uplinkWith({
      rate: 'mcs',
      uplink: { meanSnrDb: -60 },
      idlePowerWatts: 1,
      maxAttemptSeconds: 1e4,
    });
    const { seconds, onAirSeconds, transmitJoules, lost, idleJoules, waitSeconds } = sendOnce(link, 1000);
    assert.deepEqual([seconds, onAirSeconds, transmitJoules, lost], [1e4, 0, 0, 'timeout']);
    near(idleJoules, 1e4 + waitSeconds);
  });
});
