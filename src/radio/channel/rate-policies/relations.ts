import { least } from '../../../extremes.js';
import { nameOf } from '../../../strategies/strategy.js';
import { must, type Finding, type Rule } from '../../../settings/rule.js';
import type { Direction } from '../directions/settings.js';
import { shareOf } from '../directions/sharing.js';
import { rarest, reach, reachOfBest } from '../fading/reach.js';
import { constantPowerShare } from '../power-control/index.js';
import { capacityBps, ratioOfDecibels } from '../rate.js';
import { retransmissions } from '../retransmission/index.js';
import type { Channel } from '../settings.js';
import { fasterThanShannon, mcsSteps } from './mcs.js';
import type { McsStep } from './settings.js';

interface Radio {
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

/** Bandwidth, mean ratio and contenders for a block of one client's link; its ratio is null where a cell makes it. */
function shareOfLink({ channel, clients }: Radio, direction: Direction) {
  const { meanSnrDb, sharing, receiveAntennas, powerControl } = channel[direction];
  const share = shareOf(sharing, clients.count);
  const bandwidthHz = channel[direction].bandwidthHz * share.bandwidth;
  const full = ratioOfDecibels(meanSnrDb) * share.snr;
  const snr = () => full * constantPowerShare(channel[direction], bandwidthHz, full);
  return {
    bandwidthHz,
    snr: channel.cell === null && nameOf(powerControl) !== 'fractional' ? snr() : null,
    antennas: receiveAntennas,
    contenders: share.scheduled === null ? 1 : clients.count,
  };
}

function fixedRateFinding(scenario: Radio, direction: Direction): Finding {
  const { channel } = scenario;
  const { bandwidthHz, snr, antennas, contenders } = shareOfLink(scenario, direction);
  if (snr === null) return false;
  const all = retransmissions[channel.retransmission].combinedAtMost(channel.maxTransmissions);
  const gain = (2 ** ((channel.fixedRateBps * all.rate) / bandwidthHz) - 1) / (snr * all.snr);
  const probability = reachOfBest(channel, gain, antennas, contenders);
  const most = capacityBps(bandwidthHz, snr * all.snr, antennas) / all.rate;
  const attempts = all.rate * all.snr === 1 ? '' : ` of ${channel.maxTransmissions} attempts combined`;
  const expected =
    channel.fading === 'none'
      ? `at most ${short(most)} bits per second, the capacity of the ${direction}${attempts}`
      : `a rate that the ${direction} carries in one block of 10,000: outage has probability ` +
        `${Number((1 - probability).toPrecision(6))} at this one`;
  const advice = 'nothing would ever arrive';
  return must(probability >= rarest, '/channel/fixedRateBps', channel.fixedRateBps, expected, advice);
}

function lowestStepFinding(scenario: Radio, direction: Direction): Finding {
  const { channel } = scenario;
  const { snr, antennas, contenders } = shareOfLink(scenario, direction);
  const [lowest] = mcsSteps(channel);
  if (snr === null || lowest === undefined) return false;
  const { meanSnrDb } = channel[direction];
  const missingDb = lowest.snrDb - 10 * Math.log10(snr);
  const reaches = reachOfBest(channel, ratioOfDecibels(missingDb), antennas, contenders) >= rarest;
  const expected =
    channel.fading === 'none'
      ? `at least ${short(meanSnrDb + missingDb - 10 * Math.log10(antennas))}, which the lowest step of modulation and coding needs`
      : `a mean from which one block in 10,000 reaches the lowest step of modulation and coding, ` +
        `${short(lowest.snrDb)} dB`;
  return must(reaches, `/channel/${direction}/meanSnrDb`, meanSnrDb, expected, 'nothing would ever be sent');
}

function isBetter(step: McsStep, lower: McsStep): boolean {
  return step.snrDb > lower.snrDb && step.bitsPerSecondPerHz > lower.bitsPerSecondPerHz;
}
