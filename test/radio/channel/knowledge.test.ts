import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { blockMeans } from '../../../src/radio/link-study/block-means.js';
import { subjectOf } from '../../../src/radio/link-study/subject.js';
import { channelRules } from '../../../src/radio/channel/relations.js';
import { broken } from '../../../src/settings/rule.js';
import { channelWith, messageOf, momentOf, uplinkWith, type ChannelChanges } from './a-link.js';
import { assertMean, statisticsOf } from './sample-statistics.js';

const exact = { errorVariance: 0, delaySeconds: 0, marginDb: 0 };
const mcs = [
  { snrDb: 0, bitsPerSecondPerHz: 0.8 },
  { snrDb: 6, bitsPerSecondPerHz: 2 },
];
const fast = { dopplerHz: 20, coherenceSeconds: 0.005 };

const erring = (errorVariance: number, marginDb: number) => ({
  knowledge: { ...exact, errorVariance, marginDb },
});

/**
 * Goodput in Mbit/s over 1 MHz at 5 dB under Rayleigh fading, by SciPy 1.17: the integral of
 * R(g'/m) Q1(sqrt(2 rho^2 g'/(1 - rho^2)), sqrt(2 theta/(1 - rho^2))) e^-g' over the estimate g', by quad and
 * stats.ncx2.sf; theta is the gain that carries the rate. A delay makes rho^2 = 0.99 J0(2 pi 20 Hz 5 ms)^2, or
 * 0.99 e^(-2 20 Hz 15 ms / 0.687888) after three blocks of "gauss-markov" and 0.99 J0(2 pi 20 Hz 15 ms)^2 of "jakes".
 */
const goodputs: readonly (readonly [name: string, ChannelChanges, number])[] = [
  ['capacity', erring(0.1, 0), 0.7638028987601907],
  ['capacity, 2 dB below', erring(0.1, 2), 1.0906071164967102],
  ['capacity, 1 dB below', erring(0.01, 1), 1.4107601234115574],
  ['cutoff', { rate: 'cutoff', ...erring(0.1, 2) }, 1.0804773470375113],
  ['inversion', { rate: 'inversion', ...erring(0.1, 0) }, 0.6215363491673718],
  ['inversion, 2 dB below', { rate: 'inversion', ...erring(0.1, 2) }, 0.7640547557956313],
  ['mcs', { rate: 'mcs', mcs, ...erring(0.1, 0) }, 0.7507712562027524],
  ['mcs, 2 dB below', { rate: 'mcs', mcs, ...erring(0.1, 2) }, 0.613400153419592],
  [
    'a gain of 5 ms ago',
    { ...fast, knowledge: { ...exact, errorVariance: 0.01, delaySeconds: 0.005 } },
    0.7287027887314466,
  ],
  [
    'a gain of three blocks ago, gauss-markov',
    {
      ...fast,
      correlation: 'gauss-markov',
      knowledge: { ...exact, errorVariance: 0.01, delaySeconds: 0.015 },
    },
    0.6383626070593287,
  ],
  [
    'a gain of three blocks ago, jakes',
    { ...fast, correlation: 'jakes', knowledge: { ...exact, errorVariance: 0.01, delaySeconds: 0.015 } },
    0.5889613137356814,
  ],
];

const meansOf = (changes: ChannelChanges) =>
  blockMeans(
    subjectOf(
      { seed: 1, channel: channelWith(changes), clients: { count: 1 }, limits: { virtualSeconds: 1e9 } },
      null,
      { direction: 'uplink', client: 1 },
    ),
  );

/** Goodput in Mbit/s of messages of some thousand blocks. */
function simulated(changes: ChannelChanges) {
  const link = uplinkWith(changes);
  const bits = 2000 * 0.7e6 * link.coherenceSeconds;
  return statisticsOf(40, (round) => {
    const [attempt] = attemptsAt(bits, link, messageOf(round), round * 1000);
    return bits / attempt!.seconds / 1e6;
  });
}

describe('a sender that does not know its gain', () => {
  for (const [name, changes, goodput] of goodputs) {
    it(`carries what Marcum’s Q says: ${name}`, () => {
      const means = meansOf(changes);
      assert.ok(Math.abs(means!.rateBps / 1e6 / goodput - 1) < 1e-5, `${means!.rateBps}`);
      assertMean(simulated(changes), goodput);
    });
  }

  it('carries by simulation what quadrature says of other laws and of two antennas', () => {
    for (const changes of [
      { fading: 'rician', ...erring(0.05, 1) },
      { fading: 'nakagami', ...erring(0.05, 1) },
      { uplink: { receiveAntennas: 2 }, ...erring(0.1, 1) },
      { fading: 'none', ...erring(0.05, 1) },
    ] as const) {
      assertMean(simulated(changes), meansOf(changes)!.rateBps / 1e6);
    }
  });

  it('spends the power of its link where it inverts an estimate', () => {
    for (const fading of ['rayleigh', 'rician', 'nakagami'] as const) {
      const link = uplinkWith({ fading, rate: 'inversion', ...erring(0.1, 2) });
      const powers = statisticsOf(40, (round) => {
        const [attempt] = attemptsAt(1e8, link, messageOf(round), momentOf(round));
        return attempt!.transmitJoules / attempt!.seconds;
      });
      assertMean(powers, 1);
    }
  });

  it('is the sender that knows it where the error is 0', () => {
    const [one, other] = [{}, { knowledge: exact }].map((changes) =>
      attemptsAt(2e7, uplinkWith(changes), messageOf(1), 0),
    );
    assert.deepEqual(one, other);
  });

  it('has bits on the air that were lost', () => {
    const [attempt] = attemptsAt(2e7, uplinkWith(erring(0.1, 0)), messageOf(1), 0);
    assert.equal(attempt!.lost, null);
    assert.ok(attempt!.airBits > 1.5 * 2e7, `${attempt!.airBits}`);
  });

  it('is refused where nobody could say what it does', () => {
    const found = (changes: ChannelChanges) =>
      broken(channelRules, { seed: 1, channel: channelWith(changes), clients: { count: 2 } }, null).map(
        ({ pointer }) => pointer,
      );
    assert.deepEqual(found(erring(0.1, 0)), []);
    assert.deepEqual(found({ rate: 'fixed', ...erring(0.1, 0) }), ['/channel/knowledge']);
    assert.deepEqual(found({ downlink: { cast: 'broadcast' }, ...erring(0.1, 0) }), [
      '/channel/downlink/cast',
    ]);
    assert.deepEqual(found({ uplink: { sharing: 'proportional-fair' }, ...erring(0.1, 0) }), [
      '/channel/knowledge',
    ]);
  });
});
