import assert from 'node:assert/strict';
import type { BusEvent } from '../../../src/simulation/bus/bus.js';
import type { ChannelChanges } from '../channel/a-link.js';
import { attemptsOf, scheduledEvents, uplinksWith } from './scheduled.js';

/** Without fading, 1 MHz at 0 dB and 2 W: all of the band carries 1 Mbit/s. */
const steady = (sharing: object | string, more: ChannelChanges = {}): ChannelChanges => ({
  fading: 'none',
  ...more,
  uplink: {
    sharing: sharing as string,
    meanSnrDb: 0,
    powerWatts: 2,
    referencePowerWatts: null,
    ...more.uplink,
  },
});
const densityKept = { name: 'equal', power: 'density-kept' };
const near = (found: number | undefined, expected: number, within = 2e-6) =>
  assert.ok(Math.abs(found! - expected) <= within, `${found}, expected ${expected}`);
const endOf = (log: readonly BusEvent[], client: number) => attemptsOf(log, client).at(-1)!.atSeconds;

describe('a band that the cell’s scheduler divides', () => {
  it('is half of each of two who send, and all of the one that goes on sending', async () => {
    const links = uplinksWith(steady(densityKept), { clients: 2 });
    const [one, other] = links;
    const log = await scheduledEvents(links, [
      { link: one!, bits: 1e6, afterSeconds: 0 },
      { link: other!, bits: 3e6, afterSeconds: 0 },
    ]);
    // Half of 1 Mbit/s each until client-1 has sent 1 Mbit; then 2 Mbit are left at 1 Mbit/s.
    near(endOf(log, 1), 2);
    near(endOf(log, 2), 4);
    const [first] = attemptsOf(log, 1);
    const [second] = attemptsOf(log, 2);
    // Half of 2 W for 2 s; and that, and 2 W for 2 s more.
    near(first!.attempt.transmitJoules, 2, 1e-9);
    near(second!.attempt.transmitJoules, 6, 1e-9);
    near(second!.attempt.band!.seconds, 3, 1e-9);
    near(second!.attempt.band!.waitSeconds, 0, 1e-9);
  });

  it('lets a sender with all of its power on half of the band have twice the ratio there', async () => {
    const links = uplinksWith(steady('equal'), { clients: 2 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 1e6, afterSeconds: 0 })),
    );
    // B/2 log2(1 + 2) = 0.792481 Mbit/s.
    const seconds = 1e6 / (0.5e6 * Math.log2(3));
    near(endOf(log, 1), seconds);
    near(endOf(log, 2), seconds);
    near(attemptsOf(log, 1)[0]!.attempt.transmitJoules, 2 * seconds, 1e-9);
  });

  it('is divided anew when another begins in the middle of a block', async () => {
    const links = uplinksWith(steady(densityKept), { clients: 2 });
    const [one, other] = links;
    const log = await scheduledEvents(links, [
      { link: one!, bits: 1e6, afterSeconds: 0 },
      { link: other!, bits: 1e6, afterSeconds: 0.512_345 },
    ]);
    near(endOf(log, 1), 0.512_345 + 2 * (1 - 0.512_345));
    near(endOf(log, 2), 2);
  });

  it('goes to each in turn under round-robin, who waits meanwhile', async () => {
    const links = uplinksWith(steady('round-robin', { idlePowerWatts: 0.5 }), { clients: 2 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 1e5, afterSeconds: 0 })),
    );
    // Blocks of 50 ms at 1 Mbit/s: client-1 has blocks 0 and 2, client-2 blocks 1 and 3.
    near(endOf(log, 1), 0.15);
    near(endOf(log, 2), 0.2);
    const [{ attempt }] = attemptsOf(log, 2) as [ReturnType<typeof attemptsOf>[number]];
    near(attempt.onAirSeconds, 0.1, 1e-9);
    near(attempt.band!.waitSeconds, 0.1, 1e-9);
    near(attempt.transmitJoules, 0.2, 1e-9);
    near(attempt.idleJoules, 0.05, 1e-9);
  });

  it('is dealt in resource blocks, what is left over by turns', async () => {
    const links = uplinksWith(steady({ ...densityKept, resourceBlocks: 3 }), { clients: 2 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 1e5, afterSeconds: 0 })),
    );
    // 2/3 and 1/3 of 50 kbit, and the other way round: 50 kbit in two blocks. So both end with block 3.
    near(endOf(log, 1), 0.2);
    near(endOf(log, 2), 0.2);
    assert.deepEqual(attemptsOf(log, 1)[0]!.attempt.blocks, 4);
  });

  it('is free for the others as soon as a device goes off, whose message is lost', async () => {
    const links = uplinksWith(steady(densityKept), { clients: 2 });
    const [one, other] = links;
    let isOff = false;
    const log = await scheduledEvents(
      links,
      [
        { link: one!, bits: 1e6, afterSeconds: 0 },
        { link: other!, bits: 1e6, afterSeconds: 0 },
      ],
      {
        isOn: (id) => id !== 'client-1' || !isOff,
        meanwhile: [
          {
            atSeconds: 1,
            does: (tell) => {
              isOff = true;
              tell(one!.id, { type: 'device.off' });
            },
          },
        ],
      },
    );
    near(endOf(log, 1), 1);
    near(endOf(log, 2), 1.5);
    const [{ attempt }] = attemptsOf(log, 1) as [ReturnType<typeof attemptsOf>[number]];
    assert.deepEqual([attempt.lost, attempt.lostPackets], ['offline', 1]);
    near(attempt.airBits, 5e5, 1e-6);
    const end = log.find((event) => event.phase === 'settled' && event.envelope.from === 'client-1');
    assert.equal(end?.phase === 'settled' && end.reason, 'offline');
  });

  it('is the others’ while a blackout leaves one without a signal', async () => {
    const faults = [{ effect: 'blackout' as const, client: 1, fromSeconds: 0.5, toSeconds: 1 }];
    const links = uplinksWith(steady(densityKept, { faults }), { clients: 2 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 1e6, afterSeconds: 0 })),
    );
    // Until 1 s client-2 has sent 0.25 + 0.5 Mbit, client-1 0.25; the rest of 0.25 Mbit takes 0.5 s at half.
    near(endOf(log, 2), 1.5);
    near(endOf(log, 1), 2);
    const [{ attempt }] = attemptsOf(log, 1) as [ReturnType<typeof attemptsOf>[number]];
    near(attempt.blackoutSeconds, 0.5, 1e-9);
    near(attempt.onAirSeconds, 1.5, 1e-9);
    near(attempt.band!.waitSeconds, 0, 1e-9);
  });

  it('sends what was lost again, packet by packet, and gives up after the last attempt', async () => {
    const lossy: ChannelChanges = { packetBits: 1e4, lossProbability: 0.3, maxTransmissions: 3 };
    const links = uplinksWith(steady(densityKept, lossy), { clients: 2, seed: 3 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 1e6, afterSeconds: 0 })),
    );
    for (const client of [1, 2]) {
      const attempts = attemptsOf(log, client).map(({ attempt }) => attempt);
      assert.ok(attempts.length > 1 && attempts.length <= 3);
      attempts.slice(1).forEach(({ packets, airBits }, i) => {
        assert.equal(packets, attempts[i]!.lostPackets);
        assert.equal(airBits, packets * 1e4);
      });
      const end = log.find(
        ({ phase, envelope }) => phase === 'settled' && envelope.from === `client-${client}`,
      );
      const lastLost = attempts.at(-1)!.lostPackets;
      assert.equal(end?.phase === 'settled' && end.outcome, lastLost === 0 ? 'delivered' : 'dropped');
    }
  });

  it('gives an attempt up that takes too long', async () => {
    const links = uplinksWith(steady('equal', { maxAttemptSeconds: 1 }), { clients: 1 });
    const log = await scheduledEvents(links, [{ link: links[0]!, bits: 4e6, afterSeconds: 0 }]);
    const [{ attempt, atSeconds }] = attemptsOf(log, 1) as [ReturnType<typeof attemptsOf>[number]];
    near(atSeconds, 1);
    assert.equal(attempt.lost, 'timeout');
    near(attempt.airBits, 1e6, 1);
  });

  it('carries a message of no bits at once, and one behind another in its turn', async () => {
    const links = uplinksWith(steady('equal'), { clients: 1 });
    const [link] = links;
    const log = await scheduledEvents(links, [
      { link: link!, bits: 1e6, afterSeconds: 0 },
      { link: link!, bits: 0, afterSeconds: 0 },
      { link: link!, bits: 1e6, afterSeconds: 5 },
    ]);
    assert.deepEqual(
      attemptsOf(log, 1).map(({ atSeconds }) => Number(atSeconds.toFixed(4))),
      [1, 1, 6],
    );
  });

  it('slows a sender down where a script says so', async () => {
    const faults = [{ effect: 'slow' as const, client: 1, factor: 0.5 }];
    const links = uplinksWith(steady(densityKept, { faults }), { clients: 2 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 1e6, afterSeconds: 0 })),
    );
    // A quarter of a Mbit/s until client-2 ends at 2 s, half of one then.
    near(endOf(log, 2), 2);
    near(endOf(log, 1), 3);
  });

  it('is divided in the same way in two runs', async () => {
    const changes: ChannelChanges = {
      correlation: 'jakes',
      dopplerHz: 5,
      coherenceSeconds: 0.01,
      uplink: { sharing: 'proportional-fair' },
    };
    const links = uplinksWith(changes, { clients: 3 });
    const sendings = links.map((link, i) => ({ link, bits: 2e6, afterSeconds: i / 7 }));
    const [one, other] = [await scheduledEvents(links, sendings), await scheduledEvents(links, sendings)];
    assert.deepEqual(other, one);
  });

  it('tells gain and rate over time, at most 240 times', async () => {
    const links = uplinksWith({ story: 'blocks', uplink: { sharing: 'max-snr' } }, { clients: 2 });
    const log = await scheduledEvents(
      links,
      links.map((link) => ({ link, bits: 5e7, afterSeconds: 0 })),
    );
    for (const client of [1, 2]) {
      const [{ attempt }] = attemptsOf(log, client) as [ReturnType<typeof attemptsOf>[number]];
      assert.ok(attempt.samples.length > 100 && attempt.samples.length <= 240);
      assert.ok(attempt.samples.some(({ rateBps }) => rateBps === 0));
      assert.ok(attempt.samples.every(({ gain }) => gain > 0));
    }
  });
});
