import { greatest, least } from '../../../extremes.js';
import { nameOf } from '../../../strategies/strategy.js';
import { must, type Finding, type Rule } from '../../../settings/rule.js';
import { directionOf, keyedClients } from '../directions/client-direction.js';
import { tellsAll } from '../directions/relations.js';
import type { Direction } from '../directions/settings.js';
import { shareOf } from '../directions/sharing.js';
import { rarest, reach, reachOfBest } from '../fading/reach.js';
import { tellsDistance } from '../large-scale/relations.js';
import { statedSnrDb } from '../large-scale/stated-snr.js';
import { constantPowerShare } from '../power-control/index.js';
import { capacityBps, decibelsOf, ratioOfDecibels } from '../rate.js';
import { retransmissions } from '../retransmission/index.js';
import type { Channel } from '../settings.js';
import { fasterThanShannon, mcsSteps } from './mcs.js';
import type { McsStep } from './settings.js';

interface Radio {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number };
}

const directions: readonly Direction[] = ['uplink', 'downlink'];

export const rateRules: readonly Rule<Radio>[] = [
  {
    states: 'the gain reaches the cutoff now and then',
    findings: ({ channel }) => {
      const { rate, cutoffGain, fading } = channel;
      if (rate !== 'cutoff' && rate !== 'inversion') return false;
      const pointer = '/channel/cutoffGain';
      const antennas = least(directions.map((direction) => channel[direction].receiveAntennas));
      const probability = reach(channel, cutoffGain, antennas);
      const expected =
        fading === 'none'
          ? `at most ${antennas} where fading is "none"`
          : `a gain that one block in 10,000 reaches; this one has probability ${short(probability)}`;
      return [
        must(
          rate !== 'inversion' || cutoffGain > 0,
          pointer,
          cutoffGain,
          'above 0 where rate is "inversion"',
          'without a cutoff the deepest fades take infinite power',
        ),
        must(
          probability >= rarest,
          pointer,
          cutoffGain,
          expected,
          'gains are relative to their mean; above all of them nothing is ever sent',
        ),
      ];
    },
  },
  {
    states: 'a fixed rate is one that the link carries now and then',
    findings: (scenario) =>
      scenario.channel.rate === 'fixed' &&
      directions.map((direction) => fixedRateFinding(scenario, direction)),
  },
  {
    states: 'steps of modulation and coding are given where they are used, and rise below Shannon’s rate',
    findings: ({ channel }) => {
      if (channel.mcs === null) return false;
      const steps = mcsSteps(channel);
      const impossible = fasterThanShannon(steps);
      const idle = steps.find((step, index) => index > 0 && !isBetter(step, steps[index - 1] ?? step));
      return [
        must(
          channel.rate === 'mcs',
          '/channel/mcs',
          channel.mcs,
          `null where rate is "${channel.rate}"`,
          'set /channel/rate to "mcs" to use the steps',
        ),
        impossible !== undefined &&
          must(
            false,
            `/channel/mcs/${channel.mcs.indexOf(impossible)}/bitsPerSecondPerHz`,
            impossible.bitsPerSecondPerHz,
            `at most ${short(capacityBps(1, ratioOfDecibels(impossible.snrDb), 1))}, Shannon’s rate at ` +
              `${impossible.snrDb} dB`,
          ),
        idle !== undefined &&
          must(
            false,
            `/channel/mcs/${channel.mcs.indexOf(idle)}`,
            idle,
            'more bits per second and hertz than at every lower snrDb, and one step for each snrDb',
          ),
      ];
    },
  },
  {
    states: 'the link reaches the lowest step of modulation and coding now and then',
    findings: (scenario) =>
      scenario.channel.rate === 'mcs' &&
      directions.map((direction) => lowestStepFinding(scenario, direction)),
  },
];

/** A number as a person would write it. */
const short = (value: number) => String(Number(value.toPrecision(4)));

/** What a block of one client's link has, once the band is shared. */
interface ClientShare {
  readonly bandwidthHz: number;
  /** Mean SNR as a ratio. */
  readonly snr: number;
  readonly antennas: number;
  readonly contenders: number;
}

/** Of the clients' links those that differ; none in a cell, nor where the settings do not give every client's. */
function sharesOf(scenario: Radio, direction: Direction): readonly ClientShare[] {
  const { channel, clients } = scenario;
  if (nameOf(channel[direction].powerControl) === 'fractional') return [];
  if (channel.cell !== null || !tellsAll(scenario, direction) || !tellsDistance(scenario)) return [];
  const share = shareOf(channel[direction].sharing, clients.count);
  const contenders = share.scheduled === null ? 1 : clients.count;
  const each = keyedClients(scenario).map((client) => {
    const side = directionOf(channel, direction, client);
    const full = ratioOfDecibels(statedSnrDb(side, channel.distanceLaw, client)) * share.snr;
    const bandwidthHz = side.bandwidthHz * share.bandwidth;
    const snr = full * constantPowerShare(side, bandwidthHz, full);
    return { bandwidthHz, snr, antennas: side.receiveAntennas, contenders };
  });
  return [...new Map(each.map((one) => [`${one.bandwidthHz} ${one.snr}`, one])).values()];
}

function fixedRateFinding(scenario: Radio, direction: Direction): Finding {
  const { channel } = scenario;
  const all = retransmissions[channel.retransmission].combinedAtMost(channel.maxTransmissions);
  const shares = sharesOf(scenario, direction).map(({ bandwidthHz, snr, antennas, contenders }) => {
    const gain = (2 ** ((channel.fixedRateBps * all.rate) / bandwidthHz) - 1) / (snr * all.snr);
    const probability = reachOfBest(channel, gain, antennas, contenders);
    return { probability, most: capacityBps(bandwidthHz, snr * all.snr, antennas) / all.rate };
  });
  if (shares.length === 0) return false;
  const probability = greatest(shares.map((share) => share.probability));
  const most = greatest(shares.map((share) => share.most));
  const attempts = all.rate * all.snr === 1 ? '' : ` of ${channel.maxTransmissions} attempts combined`;
  const best = shares.length === 1 ? direction : `best ${direction}`;
  const expected =
    channel.fading === 'none'
      ? `at most ${short(most)} bits per second, the capacity of the ${best}${attempts}`
      : `a rate that the ${best} carries in one block of 10,000: outage has probability ` +
        `${Number((1 - probability).toPrecision(6))} at this one`;
  const advice = 'nothing would ever arrive';
  return must(probability >= rarest, '/channel/fixedRateBps', channel.fixedRateBps, expected, advice);
}

function lowestStepFinding(scenario: Radio, direction: Direction): Finding {
  const { channel } = scenario;
  const shares = sharesOf(scenario, direction);
  const [lowest] = mcsSteps(channel);
  if (shares.length === 0 || lowest === undefined) return false;
  const { meanSnrDb } = channel[direction];
  const missingDb = lowest.snrDb - decibelsOf(greatest(shares.map(({ snr }) => snr)));
  const { antennas, contenders } = shares[0]!;
  const reaches = reachOfBest(channel, ratioOfDecibels(missingDb), antennas, contenders) >= rarest;
  const step = 'the lowest step of modulation and coding';
  const expected =
    channel.fading !== 'none'
      ? `a mean from which one block in 10,000 reaches ${step}, ${short(lowest.snrDb)} dB`
      : typeof meanSnrDb === 'number'
        ? `at least ${short(meanSnrDb + missingDb - decibelsOf(antennas))}, which ${step} needs`
        : `${short(missingDb)} dB more, which ${step} needs of the best client`;
  return must(reaches, `/channel/${direction}/meanSnrDb`, meanSnrDb, expected, 'nothing would ever be sent');
}

function isBetter(step: McsStep, lower: McsStep): boolean {
  return step.snrDb > lower.snrDb && step.bitsPerSecondPerHz > lower.bitsPerSecondPerHz;
}
