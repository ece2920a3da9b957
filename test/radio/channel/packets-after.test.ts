import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { cutOff, unheardOf } from '../../../src/radio/channel/cut-off.js';
import { cutPackets } from '../../../src/radio/channel/retransmission/packets-after.js';
import { messageOf, uplinkWith, type ChannelChanges } from './a-link.js';

const sent = (changes: ChannelChanges, bits = 10_000) =>
  attemptsAt(bits, uplinkWith({ packetBits: 1000, fading: 'none', ...changes }), messageOf(1), 0);

describe('the packets of a message after an attempt', () => {
  it('are not told where a message is one packet', () => {
    assert.equal(sent({ packetBits: null })[0]!.packetsAfter, undefined);
  });

  it('are those that were lost: of the next attempt those that are lost again', () => {
    const attempts = sent({ lossProbability: 0.5, maxTransmissions: 3, uplink: { lossProbability: null } });
    assert.ok(attempts.length > 1);
    attempts.forEach(({ packets, lostPackets, packetsAfter: after }, index) => {
      assert.equal(after!.sent.length, packets);
      assert.equal(after!.missing.length, lostPackets);
      assert.deepEqual(after!.unacknowledged, after!.missing);
      const before = attempts[index - 1]?.packetsAfter?.missing;
      assert.deepEqual(after!.sent, before ?? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });

  it('have come though their sender does not hear of it, where the acknowledgement is lost', () => {
    const [first] = sent({ ackLossProbability: 1 - 1e-12 });
    assert.deepEqual(first!.packetsAfter!.missing, []);
    assert.equal(first!.packetsAfter!.unacknowledged.length, 10);
  });

  it('are the first ones where the time is over: as many as the rate carries until then', () => {
    // 5 dB over 1 MHz: log2(1 + 10^0.5) = 2.057 Mbit/s carry 4114 bits in 2 ms, four packets of ten.
    const [attempt, ...others] = sent({ maxAttemptSeconds: 0.002, coherenceSeconds: 0.001 });
    assert.equal(others.length, 0);
    assert.deepEqual([attempt!.lost, attempt!.lostPackets, attempt!.arrives], ['timeout', 10, false]);
    assert.deepEqual(attempt!.packetsAfter!.missing, [4, 5, 6, 7, 8, 9]);
    assert.deepEqual(attempt!.packetsAfter!.unacknowledged, [4, 5, 6, 7, 8, 9]);
  });

  it('are the first ones at a fixed rate too, which sends packet by packet', () => {
    const fixed = { rate: 'fixed', fixedRateBps: 1e6 } as const;
    const [attempt] = sent({ ...fixed, maxAttemptSeconds: 0.0035, coherenceSeconds: 0.0005 });
    assert.equal(attempt!.lost, 'timeout');
    assert.deepEqual(attempt!.packetsAfter!.missing, [3, 4, 5, 6, 7, 8, 9]);
  });

  it('are all missing where a script loses the attempt, over time or not', () => {
    for (const maxAttemptSeconds of [1e5, 0.002]) {
      const faults = [{ effect: 'drop' }] as const;
      const attempts = sent({ faults: [...faults], maxAttemptSeconds, coherenceSeconds: 0.001 });
      assert.equal(attempts.at(-1)!.packetsAfter!.missing.length, 10);
    }
  });
});

describe('an attempt whose sender goes off', () => {
  const after = { sent: [1, 2, 3, 4], missingBefore: [1, 3, 4], missing: [3], unacknowledged: [3] };

  it('has brought the packets that were whole by then, and was heard of by nobody', () => {
    // Half of four: 1 and 2 were on the air; 3 would have been lost, 4 was still to come.
    assert.deepEqual(cutPackets(after, 0.5), { ...after, missing: [3, 4], unacknowledged: after.sent });
    assert.deepEqual(cutPackets(after, 0).missing, [1, 3, 4]);
    assert.deepEqual(cutPackets(after, 1).missing, [3]);
  });

  it('is cut where its time is, as what it had on the air is', () => {
    const [attempt] = sent({});
    const cut = cutOff(attempt!, 'sender', attempt!.seconds / 2);
    assert.deepEqual(cut.packetsAfter!.missing, [5, 6, 7, 8, 9]);
  });

  it('is not heard of either where that happens after its end', () => {
    const [attempt] = sent({});
    const unheard = unheardOf(attempt!);
    assert.deepEqual([unheard.lost, unheard.packetsAfter!.missing], ['offline', []]);
    assert.equal(unheard.packetsAfter!.unacknowledged.length, 10);
  });
});
