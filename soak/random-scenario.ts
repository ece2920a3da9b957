import { stages } from '../machines/protocol.js';
import { stream } from '../src/simulation/random/stream.js';
import { aggregations } from '../src/strategies/aggregation/index.js';
import { codecs } from '../src/strategies/compression/index.js';
import { disciplines } from '../src/strategies/disciplines/index.js';
import type { Method } from '../src/strategies/methods/method.js';
import { methods } from '../src/strategies/methods/index.js';
import { sharedSlots } from '../src/strategies/methods/relations.js';
import { selections } from '../src/strategies/selection/index.js';

/** Methods of several clients. */
const federated = Object.values<Method>(methods).flatMap(({ name, isCentralised }) =>
  isCentralised ? [] : [name],
);

/** Whether the server's rule puts together some of what clients share. */
function leavesRule(name: string): boolean {
  const shared = sharedSlots((methods as Readonly<Record<string, Method>>)[name]);
  return shared.length === 0 || shared.some(({ combine }) => combine === undefined);
}

/** A written scenario: keys as in a scenario file. */
export type Written = Readonly<Record<string, unknown>>;

/**
 * Random scenario `number`, over the options that a scenario has, all of them small: two to eight clients and a
 * protocol without learning. It follows from its number alone. Its parts are drawn by themselves, so the rules
 * of a scenario may refuse it.
 */
export function randomScenario(number: number): Written {
  const draw = stream(number, 'random scenario');
  const chance = (probability: number) => draw.uniform() < probability;
  const oneOf = <T>(...values: readonly T[]): T => values[draw.below(values.length)]!;
  const integer = (from: number, to: number) => from + draw.below(to - from + 1);
  const sometimes = (probability: number, part: () => Written): Written =>
    chance(probability) ? part() : {};

  const clients = integer(2, 8);
  const firstStage = chance(0.15) ? 1 : 0;
  const run = stages.slice(firstStage, firstStage === 1 ? 2 : integer(1, 3));

  const rounds = () => ({
    maxRounds: integer(1, 4),
    deadlineSeconds: oneOf(null, 2, 20, 200),
    convergence: { patience: integer(1, 3) },
  });

  const discipline = () => {
    const name = oneOf(...Object.keys(disciplines));
    const own: Readonly<Record<string, () => Written>> = {
      buffered: () => ({ size: integer(1, clients) }),
      timed: () => ({ everySeconds: oneOf(0.5, 5, 60) }),
      tiers: () => ({ tiers: integer(1, Math.min(3, clients)) }),
      'over-selection': () => ({ factor: oneOf(1, 1.3, 2) }),
      'semi-asynchronous': () => ({ quota: oneOf(0.3, 0.5, 1) }),
    };
    return { name, ...own[name]?.() };
  };

  const aggregation = () => {
    const name = oneOf(...Object.keys(aggregations));
    const own: Readonly<Record<string, () => Written>> = {
      krum: () => ({ byzantine: integer(0, 1) }),
      'multi-krum': () => ({ byzantine: integer(0, 1) }),
      bulyan: () => ({ byzantine: integer(0, 1) }),
      'trimmed-mean': () => ({ share: oneOf(0.1, 0.3), byzantine: integer(0, 1) }),
      safa: () => ({ bound: integer(1, 5) }),
      fedat: () => ({ tiers: integer(1, 3) }),
      fedasync: () => ({ staleness: oneOf('constant', 'polynomial', 'hinge') }),
    };
    return { name, ...own[name]?.() };
  };

  const method = oneOf(...federated);
  const server = () => {
    const selection = oneOf(...Object.keys(selections));
    return {
      quorum: chance(0.75) ? 1 : integer(1, clients),
      selection,
      ...sometimes(selection === 'all' ? 0.05 : 0.7, () => ({ selectionFraction: oneOf(0.3, 0.5, 0.8) })),
      // A method that puts all updates together by itself is asked for no other rule.
      aggregation: leavesRule(method) || chance(0.05) ? aggregation() : 'fedavg',
      discipline: discipline(),
      maxStaleness: oneOf(null, 0, 1, 3),
      late: oneOf('discard', 'accept', 'reset', 'urge'),
      stalenessExponent: oneOf(0, 0.5, 2),
      gigaflopsPerSecond: oneOf(null, 0.001, 1),
    };
  };

  const split = () =>
    oneOf<string>('orthogonal', 'orthogonal', 'split-power-kept', 'split-density-kept', 'tdma');
  const scheduler = () =>
    oneOf<string | Written>(
      'equal',
      { name: 'equal', resourceBlocks: oneOf(1, 6, 50), power: oneOf(null, 'kept', 'density-kept') },
      'round-robin',
      { name: 'proportional-fair', windowSeconds: oneOf(0.1, 10), resourceBlocks: oneOf(null, 6) },
      'max-snr',
      { name: 'min-max-delay', knows: oneOf('gain', 'mean-snr') },
    );

  const direction = (sharing: string | Written) => ({
    meanSnrDb: integer(-5, 25),
    powerWatts: oneOf(0.1, 1),
    bandwidthHz: oneOf(2e5, 1e6, 1e7),
    referencePowerWatts: null,
    referenceBandwidthHz: null,
    lossProbability: oneOf(null, null, 0, 0.3, 1),
    sharing,
  });

  const fault = (): Written => {
    const effect = oneOf('drop', 'corrupt', 'duplicate', 'delay', 'slow', 'blackout');
    const from = integer(0, 20);
    const own: Readonly<Record<string, () => Written>> = {
      drop: () => sometimes(0.5, () => ({ attempt: integer(1, 3) })),
      corrupt: () => sometimes(0.5, () => ({ attempt: integer(1, 3) })),
      duplicate: () => ({ delaySeconds: oneOf(0, 1, 30) }),
      delay: () => ({ delaySeconds: oneOf(0.1, 5, 100) }),
      slow: () => ({ factor: oneOf(0.01, 0.5) }),
      blackout: () => ({ fromSeconds: from, toSeconds: from + integer(1, 30) }),
    };
    return {
      effect,
      ...own[effect]!(),
      ...sometimes(0.5, () => ({ client: integer(1, clients) })),
      ...sometimes(0.3, () => ({ direction: oneOf('uplink', 'downlink') })),
      ...sometimes(0.3, () => ({ stage: oneOf(...run) })),
      ...sometimes(0.3, () => ({ round: integer(0, 3) })),
      ...sometimes(0.5, () => ({ probability: oneOf(0.2, 0.7) })),
    };
  };

  const channel = () => {
    const fading = oneOf('none', 'rayleigh', 'rician', 'nakagami');
    const isScheduled = chance(0.4);
    const rate = isScheduled
      ? oneOf('capacity', 'capacity', 'cutoff', 'inversion', 'mcs')
      : oneOf('capacity', 'capacity', 'cutoff', 'inversion', 'mcs', 'fixed', 'fixed');
    const downlink = direction(isScheduled && chance(0.6) ? scheduler() : split());
    const isWhole = downlink.sharing === 'orthogonal';
    return {
      fading,
      ...sometimes(fading === 'none' ? 0.05 : 0.6, () => ({ correlation: oneOf('gauss-markov', 'jakes') })),
      rate,
      coherenceSeconds: oneOf(0.02, 0.05, 0.5),
      speedMetersPerSecond: oneOf<object | number>(0, 1, 20, { uniform: [0, 20] }),
      fixedRateBps: oneOf(1e4, 2e5),
      lossProbability: oneOf(0, 0, 0.2, 0.6),
      ...sometimes(isScheduled ? 0.02 : 0.2, () => ({
        gilbertElliott: { lossBad: 0.9, goodSeconds: 0.3, badSeconds: 0.1 },
      })),
      ...sometimes(0.2, () => ({ retransmission: 'none' })),
      ...sometimes(rate === 'fixed' ? 0.6 : 0.02, () => ({ retransmission: oneOf('harq-chase', 'harq-ir') })),
      maxTransmissions: integer(1, 4),
      ackLossProbability: oneOf(0, 0, 0.3),
      packetBits: oneOf(null, null, 30_000),
      backoffSeconds: oneOf(0, 0.2),
      maxAttemptSeconds: oneOf(2, 100, 1e5),
      compression: oneOf(...Object.keys(codecs)),
      receivePowerWatts: oneOf(0, 0.3),
      uplink: direction(isScheduled ? scheduler() : split()),
      downlink: { ...downlink, ...sometimes(isWhole ? 0.4 : 0.02, () => ({ cast: 'broadcast' })) },
      ...sometimes(0.15, () => ({ cell: { mobility: oneOf(null, {}) } })),
      faults: chance(0.4) ? Array.from({ length: integer(1, 3) }, fault) : [],
    };
  };

  const device = () => ({
    gigaflopsPerSecond: oneOf(0.5, 3, 20, 200),
    share: oneOf(1, 3),
    ...sometimes(0.2, () => ({
      slowdown: oneOf<Written>(
        { name: 'exponential', mean: 2 },
        { name: 'lognormal', sigma: 1 },
        { name: 'pareto', alpha: 1.2 },
      ),
    })),
  });

  const presence = (): Written => ({
    presence: oneOf<Written>(
      { name: 'markov', onSeconds: oneOf(1, 20), offSeconds: oneOf(1, 20) },
      { name: 'battery', capacityJoules: oneOf(0.5, 20), chargeWatts: 1, computeWatts: 1 },
    ),
  });

  const attack = () =>
    oneOf<string | Written>(
      'sign-flip',
      { name: 'noise', std: 0.1 },
      { name: 'scaled', scale: 10 },
      'label-flip',
      'stale-replay',
    );

  const someone = () => `client-${integer(1, clients)}`;
  const action = (): Written =>
    oneOf<() => Written>(
      () => ({ action: 'crash', client: someone(), ...sometimes(0.7, () => ({ seconds: oneOf(1, 30) })) }),
      () => ({ action: 'leave', client: someone() }),
      () => ({ action: 'join', client: someone() }),
      () => ({ action: 'blackout', client: someone(), seconds: oneOf(1, 30) }),
      () => ({ action: 'drop', seconds: oneOf(1, 30) }),
      () => ({
        action: 'link',
        client: someone(),
        snrOffsetDb: integer(-20, 10),
        rateFactor: oneOf(0.1, 1, 3),
      }),
      () => ({ action: 'slow', factor: oneOf(0.1, 5) }),
      () => ({ action: 'weights', client: someone(), helpful: oneOf(0, 0.3, 1) }),
    )();
  const entry = (): Written => ({
    ...oneOf<() => Written>(
      () => ({ atSeconds: integer(0, 40) }),
      () => ({ everySeconds: oneOf(3, 50), ...sometimes(0.5, () => ({ toSeconds: 60 })) }),
      () => ({ when: { on: 'step', step: oneOf('1.3', '2.3', '3.1', '3.3') }, times: integer(1, 4) }),
      () => ({ when: { on: 'message', outcome: oneOf('delivered', 'dropped') }, times: integer(1, 4) }),
    )(),
    do: Array.from({ length: integer(1, 2) }, action),
  });

  /** Mostly small: what a message holds is coded, hashed and averaged, and most of a run's time goes there. */
  const model = (): Written => ({
    preinstalled: chance(0.95),
    adapters: {
      bottleneck: oneOf(1, 1, 2, 10),
      ...sometimes(0.7, () => ({ sites: [oneOf('attention', 'mlp', 'parallel')] })),
    },
    lora: {
      r: oneOf(1, 1, 2, 8),
      ...oneOf<Written>({ targets: ['q'] }, { targets: ['q', 'v'] }, {}),
      minModules: 1,
      maxModules: integer(1, 3),
      ...sometimes(0.1, () => ({ sharedModules: 'by-resources' })),
    },
  });

  const scenario = {
    name: `random-${number}`,
    seed: integer(0, 1e6),
    learning: 'stub',
    stages: run,
    method,
    clients: {
      count: clients,
      devices: Array.from({ length: integer(1, 3) }, device),
      availability: oneOf(1, 1, 1, 0.8, 0.3),
      ...sometimes(0.25, presence),
      ...sometimes(0.2, () => ({ poisoned: { clients: [integer(1, clients)], attack: attack() } })),
    },
    model: model(),
    data: {
      ...{ examplesPerClient: 12, testPerClient: 4, pairsPerClient: 8 },
      synthetic: { styles: 2, facts: 4, factHolders: 1 },
    },
    server: server(),
    channel: channel(),
    instruction: { ...rounds(), localSteps: 1, batchSize: 4 },
    reward: { ...rounds(), localSteps: 1, batchSize: 4, hidden: 4 },
    alignment: { ...rounds(), promptsPerRound: 2, minibatchSize: 2, maxNewTokens: 4, ppoEpochs: 1 },
    measure: {
      every: integer(1, 3),
      clients: oneOf(null, 1, 3),
      prompts: oneOf(null, 1),
    },
    timeline: chance(0.3) ? Array.from({ length: integer(1, 3) }, entry) : [],
    limits: { virtualSeconds: oneOf(60, 600, 3000) },
  };

  /** With what goes by tensors and packets, which else would hardly ever be drawn together. */
  const inParts = (): Written => ({
    server: {
      ...scenario.server,
      aggregation: oneOf('fedavg', 'uniform', 'fedadam', 'fedasync', 'fedbuff'),
      partial: { order: oneOf('given', 'relative-change', 'change-per-value'), leastShare: oneOf(0, 0.5) },
    },
    channel: {
      ...scenario.channel,
      packetBits: oneOf(3_000, 30_000),
      compression: oneOf<string | Written>('none', { name: 'sign', errorFeedback: true }, 'qsgd'),
    },
  });
  return { ...scenario, ...sometimes(0.15, inParts) };
}
