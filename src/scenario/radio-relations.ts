import type { Message, Stage } from '../../machines/events.js';
import { dopplerHz } from '../radio/channel/gain-paths/doppler.js';
import { gainLaw } from '../radio/channel/fading/index.js';
import type { Fault } from '../radio/channel/faults/settings.js';
import { fasterThanShannon, mcsSteps } from '../radio/channel/rate-policies/mcs.js';
import { pathLosses } from '../radio/channel/large-scale/path-loss.js';
import { capacityBps, ratioOfDecibels } from '../radio/channel/rate.js';
import { shareOf } from '../radio/channel/directions/sharing.js';
import { nearest } from '../settings/nearest.js';
import type { Problem } from '../settings/problem.js';
import { found, must, type Rule } from '../settings/rule.js';
import type { Scenario } from './schema.js';

/*
 * Relations between the settings of the radio link. What they refuse would either mean nothing or end a run
 * with nothing ever sent.
 */

type Channel = Scenario['channel'];
type Direction = 'uplink' | 'downlink';

const directions: readonly Direction[] = ['uplink', 'downlink'];

/** What is seen in fewer blocks than one of 10,000 is taken for never seen. */
const rarest = 1e-4;

/** No law of mean 1 that a scenario can name has as much as 1e-20 of its probability above this gain. */
const greatestGain = 100;

/** Probability that the gain of a block is at least `gain`; 1 where only a trace's file could tell. */
function reach(channel: Channel, gain: number): number {
  if (channel.fading === 'trace') return 1;
  // A ratio that was computed from its own capacity may come out a few units in the last place off.
  if (channel.fading === 'none') return gain <= 1 + 1e-12 ? 1 : 0;
  return gain > greatestGain ? 0 : 1 - gainLaw(channel).cdf(gain);
}

/** Bandwidth, mean ratio and contenders for a block of one client's link; its ratio is null in a cell. */
function shareOfLink({ channel, clients }: Scenario, direction: Direction) {
  const { bandwidthHz, meanSnrDb, sharing } = channel[direction];
  const share = shareOf(sharing, clients.count);
  return {
    bandwidthHz: bandwidthHz * share.bandwidth,
    snr: channel.cell === null ? ratioOfDecibels(meanSnrDb) * share.snr : null,
    contenders: share.scheduled === null ? 1 : clients.count,
  };
}

/** As `reach`, for the best of so many blocks: the one that a proportional-fair scheduler takes. */
function reachOfBest(channel: Channel, gain: number, contenders: number): number {
  return -Math.expm1(contenders * Math.log1p(-reach(channel, gain)));
}

/**
 * What combining all attempts comes to at most: the part of the rate that each has to carry, and the growth
 * of the ratio (Caire and Tuninetti, IEEE Trans. Inf. Theory 47(5), 2001).
 */
const combining: Readonly<
  Record<Channel['retransmission'], (attempts: number) => { readonly rate: number; readonly snr: number }>
> = {
  none: () => ({ rate: 1, snr: 1 }),
  arq: () => ({ rate: 1, snr: 1 }),
  'harq-chase': (attempts) => ({ rate: 1, snr: attempts }),
  'harq-ir': (attempts) => ({ rate: 1 / attempts, snr: 1 }),
};

/** What a setting can be in this world; outside it the unit is mistaken. */
const plausible: readonly {
  readonly key: 'carrierHz' | 'speedMetersPerSecond' | 'dopplerHz' | 'receivePowerWatts' | 'idlePowerWatts';
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly advice: string;
}[] = [
  { key: 'carrierHz', from: 1e6, to: 1e12, unit: 'Hz', advice: '2 GHz is 2000000000' },
  { key: 'speedMetersPerSecond', from: 0, to: 1e4, unit: 'meters per second', advice: '36 km/h is 10' },
  { key: 'dopplerHz', from: 0, to: 1e5, unit: 'Hz', advice: '30 m/s at 2 GHz make 200' },
  { key: 'receivePowerWatts', from: 0, to: 1e3, unit: 'watts', advice: '100 mW is 0.1' },
  { key: 'idlePowerWatts', from: 0, to: 1e3, unit: 'watts', advice: '100 mW is 0.1' },
];

/** Every message there is, by what a fault can name of it. */
const messages: readonly {
  readonly kind: Message['kind'];
  readonly step: Message['step'];
  readonly stage: Stage;
  readonly direction: Direction;
}[] = [
  { kind: 'model', step: '1.1', stage: 'instruction', direction: 'downlink' },
  { kind: 'update', step: '1.3', stage: 'instruction', direction: 'uplink' },
  { kind: 'global', step: '1.4', stage: 'instruction', direction: 'downlink' },
  { kind: 'helpful-model', step: '2.1', stage: 'reward', direction: 'downlink' },
  { kind: 'harmless-model', step: '2.1', stage: 'reward', direction: 'downlink' },
  { kind: 'helpful-update', step: '2.3', stage: 'reward', direction: 'uplink' },
  { kind: 'harmless-update', step: '2.3', stage: 'reward', direction: 'uplink' },
  { kind: 'helpful-global', step: '2.4', stage: 'reward', direction: 'downlink' },
  { kind: 'harmless-global', step: '2.4', stage: 'reward', direction: 'downlink' },
  { kind: 'alignment-update', step: '3.3', stage: 'alignment', direction: 'uplink' },
  { kind: 'alignment-global', step: '3.4', stage: 'alignment', direction: 'downlink' },
];

const ofMessages: readonly Fault['effect'][] = ['drop', 'corrupt', 'duplicate', 'delay', 'slow'];

/** The effects that a property of a fault can go with; the others go with every effect. */
const effectsOf: readonly (readonly [
  key: 'kind' | 'step' | 'stage' | 'round' | 'attempt' | 'delaySeconds' | 'factor',
  effects: readonly Fault['effect'][],
])[] = [
  ['kind', ofMessages],
  ['step', ofMessages],
  ['stage', ofMessages],
  ['round', ofMessages],
  ['attempt', ['drop', 'corrupt', 'slow']],
  ['delaySeconds', ['delay', 'duplicate']],
  ['factor', ['slow']],
];

const quoted = (names: Iterable<string>) => [...names].map((name) => JSON.stringify(name)).join(', ');

/** A number as a person would write it. */
const short = (value: number) => String(Number(value.toPrecision(4)));

export const radioRules: readonly Rule[] = [
  {
    states: 'a trace comes from a file, and has its own correlation',
    problems: ({ channel: { fading, traceFile, correlation } }) =>
      found(
        must(
          fading !== 'trace' || traceFile !== null,
          '/channel/traceFile',
          traceFile,
          'a CSV file where fading is "trace"',
          'its columns are seconds and gain, or seconds and gainDb',
        ),
        must(
          fading === 'trace' || traceFile === null,
          '/channel/traceFile',
          traceFile,
          `null where fading is "${fading}"`,
          'set /channel/fading to "trace" to use it',
        ),
        must(
          (fading !== 'trace' && fading !== 'none') || correlation === 'independent',
          '/channel/correlation',
          correlation,
          `"independent" where fading is "${fading}"`,
          fading === 'trace' ? 'a trace has its own correlation' : 'a constant gain has none',
        ),
      ),
  },
  {
    states: 'the gain reaches the cutoff now and then',
    problems: ({ channel }) => {
      const { rate, cutoffGain, fading } = channel;
      if (rate !== 'cutoff' && rate !== 'inversion') return [];
      const pointer = '/channel/cutoffGain';
      const probability = reach(channel, cutoffGain);
      const expected =
        fading === 'none'
          ? 'at most 1 where fading is "none"'
          : `a gain that one block in 10,000 reaches; this one has probability ${short(probability)}`;
      return found(
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
      );
    },
  },
  {
    states: 'a fixed rate is one that the link carries now and then',
    problems: (scenario) =>
      scenario.channel.rate === 'fixed'
        ? directions.flatMap((direction) => fixedRateProblems(scenario, direction))
        : [],
  },
  {
    states: 'attempts are combined only where the rate is fixed',
    problems: ({ channel: { retransmission, rate } }) =>
      found(
        must(
          rate === 'fixed' || !retransmission.startsWith('harq-'),
          '/channel/retransmission',
          retransmission,
          `"none" or "arq" where rate is "${rate}"`,
          'a sender that knows the gain leaves nothing to combine; set /channel/rate to "fixed"',
        ),
      ),
  },
  {
    states: 'steps of modulation and coding are given where they are used, and rise below Shannon’s rate',
    problems: ({ channel }) => {
      if (channel.mcs === null) return [];
      const steps = mcsSteps(channel);
      const impossible = fasterThanShannon(steps);
      const idle = steps.find((step, index) => index > 0 && !isBetter(step, steps[index - 1] ?? step));
      return found(
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
      );
    },
  },
  {
    states: 'the link reaches the lowest step of modulation and coding now and then',
    problems: (scenario) =>
      scenario.channel.rate === 'mcs'
        ? directions.flatMap((direction) => lowestStepProblems(scenario, direction))
        : [],
  },
  {
    states: 'bursts of losses have durations, or come from the fading',
    problems: ({ channel }) => {
      const bursts = channel.gilbertElliott;
      if (bursts === null) return [];
      const { goodSeconds, badSeconds, fadeGain } = bursts;
      const pointer = '/channel/gilbertElliott';
      if (fadeGain === null) {
        const advice = 'or give fadeGain in place of both';
        const [expectedGood, expectedBad] = ['good', 'bad'].map(
          (state) => `the mean duration of the ${state} state in seconds`,
        );
        return found(
          must(goodSeconds !== null, `${pointer}/goodSeconds`, goodSeconds, expectedGood ?? '', advice),
          must(badSeconds !== null, `${pointer}/badSeconds`, badSeconds, expectedBad ?? '', advice),
        );
      }
      return found(
        must(
          goodSeconds === null && badSeconds === null,
          `${pointer}/fadeGain`,
          fadeGain,
          'null where goodSeconds or badSeconds is given',
          'the durations are given, or follow from fadeGain',
        ),
        must(
          channel.fading === 'rayleigh',
          `${pointer}/fadeGain`,
          fadeGain,
          `null where fading is "${channel.fading}"`,
          'fades are those of Rayleigh fading; give goodSeconds and badSeconds for any other',
        ),
        must(
          dopplerHz(channel) > 0,
          `${pointer}/fadeGain`,
          fadeGain,
          'null where the Doppler shift is 0',
          'a gain that never changes has no fades; set /channel/dopplerHz or /channel/speedMetersPerSecond',
        ),
        must(
          channel.fading !== 'rayleigh' || reach(channel, fadeGain) >= rarest,
          `${pointer}/fadeGain`,
          fadeGain,
          'a gain that one block in 10,000 reaches: 9.2 for Rayleigh fading',
          'gains are relative to their mean',
        ),
      );
    },
  },
  {
    states: 'carrier, speed and the power of waiting are of this world',
    problems: ({ channel }) =>
      plausible.flatMap(({ key, from, to, unit, advice }) => {
        const value = channel[key];
        const holds = value === null || (value >= from && value <= to);
        return found(must(holds, `/channel/${key}`, value, `${from} to ${to} ${unit}`, advice));
      }),
  },
  {
    states: 'packets have headers only where there are packets',
    problems: ({ channel: { packetBits, packetHeaderBits } }) =>
      found(
        must(
          packetBits !== null || packetHeaderBits === 0,
          '/channel/packetHeaderBits',
          packetHeaderBits,
          '0 where packetBits is null',
          'set /channel/packetBits to cut messages into packets',
        ),
      ),
  },
  {
    states: 'a sender hears of what has arrived now and then',
    problems: ({ channel: { ackLossProbability } }) =>
      found(
        must(
          ackLossProbability < 1,
          '/channel/ackLossProbability',
          ackLossProbability,
          'below 1',
          'at 1 no sender ever learns that a message has arrived',
        ),
      ),
  },
  {
    states: 'a broadcast has the whole band',
    problems: ({ channel: { downlink } }) =>
      found(
        must(
          downlink.cast !== 'broadcast' || downlink.sharing === 'orthogonal',
          '/channel/downlink/cast',
          downlink.cast,
          `"unicast" where the sharing of the downlink is "${downlink.sharing}"`,
          'a broadcast is not shared: set /channel/downlink/sharing to "orthogonal"',
        ),
      ),
  },
  {
    states: 'clients fit into their cell',
    problems: cellProblems,
  },
  {
    states: 'a path-loss formula is used where its source gives it',
    problems: formulaProblems,
  },
  {
    states: 'a fault is about a client that there is, at a time that there is',
    problems: ({ channel: { faults }, clients: { count } }) =>
      faults.flatMap(({ client = 1, fromSeconds = 0, toSeconds = Infinity }, index) =>
        found(
          must(
            client <= count,
            `/channel/faults/${index}/client`,
            client,
            `at most ${count}, the number of clients`,
          ),
          must(
            toSeconds > fromSeconds,
            `/channel/faults/${index}/toSeconds`,
            toSeconds,
            `more than ${fromSeconds}, which is fromSeconds`,
          ),
        ),
      ),
  },
  {
    states: 'a fault has the properties that its effect can have',
    problems: ({ channel: { faults } }) =>
      faults.flatMap((fault, index) =>
        effectsOf.flatMap(([key, effects]) =>
          found(
            must(
              fault[key] === undefined || effects.includes(fault.effect),
              `/channel/faults/${index}/${key}`,
              fault[key],
              `no ${key} where effect is "${fault.effect}"`,
              `it goes with ${quoted(effects)}`,
            ),
          ),
        ),
      ),
  },
  {
    states: 'a fault is about a message that there is',
    problems: ({ channel: { faults } }) =>
      faults.flatMap((fault, index) => (fault.effect === 'blackout' ? [] : messageProblems(fault, index))),
  },
];

function fixedRateProblems(scenario: Scenario, direction: Direction): readonly Problem[] {
  const { channel } = scenario;
  const { bandwidthHz, snr, contenders } = shareOfLink(scenario, direction);
  if (snr === null) return [];
  const all = combining[channel.retransmission](channel.maxTransmissions);
  const gain = (2 ** ((channel.fixedRateBps * all.rate) / bandwidthHz) - 1) / (snr * all.snr);
  const probability = reachOfBest(channel, gain, contenders);
  const most = capacityBps(bandwidthHz, snr * all.snr, 1) / all.rate;
  const attempts = all.rate * all.snr === 1 ? '' : ` of ${channel.maxTransmissions} attempts combined`;
  const expected =
    channel.fading === 'none'
      ? `at most ${short(most)} bits per second, the capacity of the ${direction}${attempts}`
      : `a rate that the ${direction} carries in one block of 10,000: outage has probability ` +
        `${Number((1 - probability).toPrecision(6))} at this one`;
  const advice = 'nothing would ever arrive';
  return found(must(probability >= rarest, '/channel/fixedRateBps', channel.fixedRateBps, expected, advice));
}

function lowestStepProblems(scenario: Scenario, direction: Direction): readonly Problem[] {
  const { channel } = scenario;
  const { snr, contenders } = shareOfLink(scenario, direction);
  const [lowest] = mcsSteps(channel);
  if (snr === null || lowest === undefined) return [];
  const { meanSnrDb } = channel[direction];
  const missingDb = lowest.snrDb - 10 * Math.log10(snr);
  const reaches = reachOfBest(channel, ratioOfDecibels(missingDb), contenders) >= rarest;
  const expected =
    channel.fading === 'none'
      ? `at least ${short(meanSnrDb + missingDb)}, which the lowest step of modulation and coding needs`
      : `a mean from which one block in 10,000 reaches the lowest step of modulation and coding, ` +
        `${short(lowest.snrDb)} dB`;
  return found(
    must(reaches, `/channel/${direction}/meanSnrDb`, meanSnrDb, expected, 'nothing would ever be sent'),
  );
}

function isBetter(
  step: { readonly snrDb: number; readonly bitsPerSecondPerHz: number },
  lower: { readonly snrDb: number; readonly bitsPerSecondPerHz: number },
): boolean {
  return step.snrDb > lower.snrDb && step.bitsPerSecondPerHz > lower.bitsPerSecondPerHz;
}

function cellProblems({ channel: { cell }, clients: { count } }: Scenario): readonly Problem[] {
  if (cell === null) return [];
  const { radiusMeters, minDistanceMeters, positions, mobility } = cell;
  return [
    ...found(
      must(
        minDistanceMeters < radiusMeters,
        '/channel/cell/minDistanceMeters',
        minDistanceMeters,
        `less than ${radiusMeters}, which is radiusMeters`,
      ),
      must(
        positions === null || positions.length === count,
        '/channel/cell/positions',
        positions,
        `a list of ${count} positions, one for each client (${positions?.length} given)`,
      ),
      must(
        mobility === null || mobility.minSpeedMetersPerSecond <= mobility.maxSpeedMetersPerSecond,
        '/channel/cell/mobility/minSpeedMetersPerSecond',
        mobility?.minSpeedMetersPerSecond,
        `at most ${mobility?.maxSpeedMetersPerSecond}, which is maxSpeedMetersPerSecond`,
      ),
    ),
    ...(positions ?? []).flatMap((position, index) =>
      found(
        must(
          Math.hypot(...position) <= radiusMeters,
          `/channel/cell/positions/${index}`,
          position,
          `within ${radiusMeters} meters of the server, which is radiusMeters`,
          'the server stands at 0, 0',
        ),
      ),
    ),
  ];
}

/** Distances below a formula's range are not refused: clients may pass by the server. */
function formulaProblems({ channel: { cell, carrierHz } }: Scenario): readonly Problem[] {
  if (cell === null) return [];
  const formula = pathLosses[cell.pathLoss];
  const given = [
    { pointer: '/channel/carrierHz', value: carrierHz, range: formula.carrierHz, unit: 'Hz' },
    {
      pointer: '/channel/cell/clientHeightMeters',
      value: cell.clientHeightMeters,
      range: formula.clientHeightMeters,
      unit: 'meters',
    },
    {
      pointer: '/channel/cell/radiusMeters',
      value: cell.radiusMeters,
      range: { from: 0, to: formula.distanceMeters.to },
      unit: 'meters',
    },
  ];
  const advice = `"free-space" holds everywhere; the formula is that of ${formula.source}`;
  return given.flatMap(({ pointer, value, range: { from, to }, unit }) => {
    const expected = `${from} to ${to} ${unit}, the range of "${cell.pathLoss}"`;
    return found(must(value >= from && value <= to, pointer, value, expected, advice));
  });
}

const namesOfMessages = ['kind', 'step', 'stage', 'direction'] as const;

/** The first property that leaves no message to which all of them up to it apply. */
function messageProblems(fault: Fault, index: number): readonly Problem[] {
  let left = messages;
  const said: string[] = [];
  for (const key of namesOfMessages) {
    const value = fault[key];
    if (value === undefined) continue;
    const known = new Set<string>(left.map((message) => message[key]));
    if (!known.has(value)) {
      const where = said.length === 0 ? '' : ` where ${said.join(' and ')}`;
      const meant = key === 'kind' ? nearest(value, [...known], (name) => name) : [];
      const advice = meant.length === 0 ? 'there is no such message' : `did you mean ${quoted(meant)}?`;
      const expected = `${known.size === 1 ? '' : 'one of '}${quoted(known)}${where}`;
      return found(must(false, `/channel/faults/${index}/${key}`, value, expected, advice));
    }
    left = left.filter((message) => message[key] === value);
    said.push(`${key} is "${value}"`);
  }
  return [];
}
