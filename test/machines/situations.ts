import type { World } from '../../src/actors/world.js';
import type { Ended } from '../../src/records/rows.js';
import { act, at } from '../../src/script/define.js';
import { untrainedExecutor } from '../run/untrained.js';
import type { Disturbance, Situation } from './disturbed-run.js';

export interface NamedSituation extends Situation {
  readonly name: string;
  readonly ends: Ended['reason'];
  /** What it is there for: states and transitions, each as "<machine> <its id>". */
  readonly reaches: readonly string[];
}

const each = (setting: string) =>
  ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.${setting}`);
const many = (rounds: number) => [...each(`maxRounds=${rounds}`), ...each('convergence.patience=99')];
const faults = (...all: readonly object[]) => `channel.faults=${JSON.stringify(all)}`;
const only = (stage: string) => `stages=["${stage}"]`;
const anyLink = /\/(up|down)link$/;

const fast = ['uplink', 'downlink'].flatMap((side) => [
  `channel.${side}.bandwidthHz=100000000`,
  `channel.${side}.referenceBandwidthHz=null`,
]);
const scheduled = ['channel.uplink.sharing=equal', 'channel.downlink.sharing=equal'];
const lossy = ['channel.lossProbability=0.5', 'channel.maxTransmissions=2', 'channel.backoffSeconds=1'];
const comeAndGo = 'clients.presence={"name":"markov","onSeconds":5,"offSeconds":3}';
const overTheAir = [
  'channel.uplink.sharing={"name":"over-the-air"}',
  'channel.retransmission=none',
  'channel.coherenceSeconds=0.001',
];
/** A slot of 1.8 s. */
const longSlot = [
  ...overTheAir,
  only('instruction'),
  'channel.uplink.bandwidthHz=5000',
  'channel.uplink.referenceBandwidthHz=null',
  'model.preinstalled=true',
];
const fixedRate = [
  ...['channel.rate=fixed', 'channel.fixedRateBps=2000000', 'channel.maxTransmissions=3'],
  ...['channel.backoffSeconds=1', 'channel.uplink.meanSnrDb=3', 'channel.downlink.meanSnrDb=10'],
];
const urging = [
  ...['server.quorum=1', 'server.discipline=asynchronous', 'server.aggregation=fedasync'],
  ...['server.late=urge', 'server.maxStaleness=2', ...many(12), ...fast],
  ...['instruction.localSteps=10', 'reward.localSteps=10', 'alignment.ppoEpochs=10'],
];

const slowed =
  (factor: number) =>
  ({ slowness }: World) =>
    void slowness.set('client-3', factor);

const failing = (task: string) => () =>
  untrainedExecutor(({ kind }) => {
    if (kind === task) throw new Error('out of memory');
  });

/** Who is at one end of a link, or a client itself. */
const clientAt = (actor: string) => (actor.startsWith('client-') ? actor.split('/')[0]! : 'client-1');

export const crash: Disturbance['act'] = ({ world }, actor) => {
  world.clock.at(0, () => world.presence.crash(clientAt(actor), 5));
};

function everybodyCrashes({ clients, presence }: World): void {
  for (const client of clients.keys()) presence.crash(client, 60);
}

/** Events go round from now on while time stands still. */
const goRound: Disturbance['act'] = ({ world: { clock } }) => {
  clock.mostAtOnce = 3_000;
  const again = () => void clock.at(0, again);
  again();
};

/**
 * Runs that together reach all of the machines. Each has what it is there for; what others of them reach as well is not
 * listed.
 */
export const situations = (earlier: string): readonly NamedSituation[] => [
  {
    name: 'a client lies',
    ends: 'finished',
    reaches: ['server server|upload.delivered|1'],
    set: [
      'clients.poisoned={"clients":[2],"attack":"not-finite"}',
      'server.quorum=1',
      ...each('deadlineSeconds=60'),
    ],
  },
  {
    name: 'of updates nothing that can be used arrives',
    ends: 'finished',
    reaches: ['server server|upload.unusable|0'],
    set: [
      ...['channel.packetBits=4000', 'channel.packetHeaderBits=64', 'channel.maxTransmissions=1'],
      ...[
        'channel.uplink.lossProbability=0.6',
        'server.partial={"leastShare":1}',
        ...each('deadlineSeconds=60'),
      ],
    ],
  },
  {
    name: 'nothing goes wrong',
    ends: 'finished',
    reaches: [
      ...['server step-1-1', 'server step-2-1', 'server alignment-tuning', 'server finished'],
      ...['client step-1-2', 'client step-2-2', 'client step-3-1', 'client done'],
      ...['channel channel.delivered', 'simulation simulation.draining', 'simulation simulation.finished'],
    ],
  },
  {
    name: 'stage 1 alone',
    set: [only('instruction')],
    ends: 'finished',
    reaches: ['server step-1-5||0'],
  },
  {
    name: 'stage 2 alone',
    set: [only('reward')],
    ends: 'finished',
    reaches: ['server server.beginning||0', 'server step-2-5||0'],
  },
  {
    name: 'stage 3 alone, from an earlier run',
    set: [only('alignment'), `from=${earlier}`],
    ends: 'finished',
    reaches: ['server server.beginningAlignment', 'server server.beginning||1'],
  },
  {
    name: 'packets are lost, and messages given up',
    set: lossy,
    ends: 'finished',
    reaches: ['channel channel.waiting', 'channel channel.dropped', 'server server|download.dropped|0'],
  },
  {
    name: 'acknowledgements are lost',
    set: ['channel.ackLossProbability=0.5'],
    ends: 'finished',
    reaches: ['channel channel.transmitting|xstate.after.attemptEnds.channel.transmitting|1'],
  },
  {
    name: 'a fixed rate that the link does not always carry',
    set: fixedRate,
    ends: 'finished',
    reaches: [1, 2].map((k) => `channel channel.outage|xstate.after.nextAttempt.channel.outage|${k}`),
  },
  {
    name: 'a client goes off while its link waits for feedback',
    set: lossy,
    disturbances: [{ actor: anyLink, state: 'waiting', times: 3, act: crash }],
    ends: 'finished',
    reaches: ['channel channel.waiting|device.off|0'],
  },
  {
    name: 'a client goes off while its link is in outage',
    set: fixedRate,
    disturbances: [{ actor: anyLink, state: 'outage', act: crash }],
    ends: 'finished',
    reaches: ['channel channel.outage|device.off|0'],
  },
  {
    name: 'messages come twice',
    set: [faults({ effect: 'duplicate', delaySeconds: 0.1 })],
    ends: 'finished',
    reaches: ['server server|upload.delivered|0'],
  },
  {
    name: 'changes travel in place of parameters',
    set: ['channel.compression={"name":"float16","delta":true}'],
    ends: 'finished',
    reaches: ['server server|download.acknowledged|0'],
  },
  {
    name: 'rounds close at their deadline, and late updates are discarded',
    set: [...each('deadlineSeconds=1'), 'server.late=discard', ...many(3)],
    prepare: slowed(200),
    ends: 'finished',
    reaches: [
      ...[1, 2, 3].map((k) => `server collecting-${k}-3|xstate.after.deadline.collecting-${k}-3|0`),
      'server server|upload.delivered|2',
    ],
  },
  {
    name: 'clients are silent',
    set: ['clients.availability=0.5', ...each('deadlineSeconds=20')],
    ends: 'finished',
    reaches: ['client routing||1'],
  },
  {
    name: 'devices come and go',
    set: [...lossy, comeAndGo],
    ends: 'finished',
    reaches: ['client offline', 'channel channel.refused', 'server server|client.returned|0'],
  },
  {
    name: 'versions stand still because everybody is off',
    set: each('deadlineSeconds=null'),
    disturbances: ['instructionTuning', 'rewardLearning', 'alignmentTuning'].map((stage) => ({
      ...{ actor: /^server$/, state: `${stage}.collecting` },
      act: ({ world }) => void world.clock.at(0, () => everybodyCrashes(world)),
    })),
    ends: 'finished',
    reaches: [1, 2, 3].map((k) => `server collecting-${k}-3||1`),
  },
  {
    name: 'a download that was delayed comes to a client that is off',
    set: [faults({ effect: 'delay', direction: 'downlink', delaySeconds: 1000 })],
    prepare: ({ clock, presence }) => void clock.at(900, () => presence.crash('client-1', 500)),
    ends: 'finished',
    reaches: ['client offline|download.delivered|0'],
  },
  {
    name: 'who lags is told to drop its work',
    set: [
      ...['server.quorum=1', 'server.discipline={"name":"semi-asynchronous","quota":0.3}'],
      ...['server.maxStaleness=1', ...many(6), ...fast],
    ],
    prepare: slowed(20),
    ends: 'finished',
    reaches: ['client client|download.delivered|0'],
  },
  {
    name: 'who lags is asked to hand in what it has',
    set: urging,
    prepare: slowed(20),
    ends: 'finished',
    reaches: ['client client|request.delivered|0'],
  },
  {
    name: 'such requests are lost',
    set: [
      ...[...urging, 'channel.retransmission=none'],
      faults({ effect: 'drop', kind: 'update-request', probability: 0.5 }),
    ],
    prepare: slowed(20),
    ends: 'finished',
    reaches: ['server server|request.dropped|0'],
  },
  {
    name: 'such a request is delayed, and comes to a client that is off',
    set: [...urging, faults({ effect: 'delay', kind: 'update-request', delaySeconds: 1 })],
    prepare: slowed(20),
    disturbances: [{ actor: /^client-3$/, state: 'instructionTuning.tuning', times: 1, act: goOffWhenAsked }],
    ends: 'finished',
    reaches: ['client offline|request.delivered|0'],
  },
  {
    name: 'a scheduler divides the band, and packets are lost',
    set: [...scheduled, ...lossy],
    ends: 'finished',
    reaches: [
      ...['channel channel.sharing', 'channel channel.ended||3', 'cell cell.sharing'],
      'channel channel.waiting|xstate.after.nextAttempt.channel.waiting|0',
    ],
  },
  {
    name: 'a scheduler divides the band, and acknowledgements are lost',
    set: [...scheduled, 'channel.ackLossProbability=0.5'],
    ends: 'finished',
    reaches: ['channel channel.ended||1'],
  },
  {
    name: 'a scheduler divides the band, and attempts take too long',
    set: [...scheduled, 'channel.maxAttemptSeconds=1'],
    ends: 'finished',
    reaches: ['channel channel.ended||2'],
  },
  {
    name: 'a scheduler divides the band, and devices come and go',
    set: [...scheduled, ...lossy, comeAndGo],
    ends: 'finished',
    reaches: ['channel channel.sharing|device.off|0', 'cell cell.sharing|attempt.cut|0'],
  },
  {
    name: 'a client goes off at the moment at which the scheduler begins anew',
    set: scheduled,
    disturbances: [
      {
        ...{ actor: /^cell\//, state: 'gathering', times: 2 },
        act: ({ world }) => world.clock.at(0, () => world.presence.crash('client-1', 5), { priority: -2 }),
      },
    ],
    ends: 'finished',
    reaches: ['cell cell.gathering|attempt.cut|0'],
  },
  {
    name: 'updates add up over the air',
    set: overTheAir,
    ends: 'finished',
    reaches: ['air air.gathering||2', 'air air.onAir|xstate.after.slotEnds.air.onAir|0'],
  },
  {
    name: 'over the air, a client is too late for the slot',
    set: [...overTheAir, only('instruction'), 'model.preinstalled=true', 'instruction.deadlineSeconds=3'],
    prepare: slowed(200),
    ends: 'finished',
    reaches: ['air air.gathering|xstate.after.lastMoment.air.gathering|0', 'air air.gathering||0'],
  },
  {
    name: 'over the air, a client is ready while the slot is on the air',
    set: [...longSlot, 'instruction.deadlineSeconds=5'],
    prepare: slowed(100),
    ends: 'finished',
    reaches: ['air air.onAir|attempt.begins|0'],
  },
  {
    name: 'over the air, a client goes off in the slot',
    set: [...longSlot, 'instruction.deadlineSeconds=9'],
    disturbances: [{ actor: /^cell\//, state: 'onAir', act: crash }],
    ends: 'finished',
    reaches: ['air air.onAir|attempt.cut|0'],
  },
  {
    name: 'over the air, devices come and go',
    set: [...overTheAir, comeAndGo],
    ends: 'finished',
    reaches: ['air air.gathering|attempt.cut|0', 'air air.gathering|cohort.changed|0'],
  },
  {
    name: 'a client’s task fails',
    executor: failing('align'),
    ends: 'failed',
    reaches: ['client crashed', 'simulation simulation.failed'],
  },
  {
    name: 'an aggregation fails',
    executor: failing('aggregate'),
    ends: 'failed',
    reaches: ['server crashed'],
  },
  {
    name: 'everybody is silent, and nothing ends the round',
    set: ['clients.availability=0.001', 'instruction.deadlineSeconds=null'],
    ends: 'deadlock',
    reaches: ['simulation simulation.running|clock.idle|0'],
  },
  {
    name: 'virtual time runs out',
    set: ['limits.virtualSeconds=9'],
    ends: 'out-of-virtual-time',
    reaches: ['simulation simulation.running|clock.horizon|0'],
  },
  {
    name: 'virtual time runs out while the last models are on their way',
    set: [
      'limits.virtualSeconds=5000',
      faults({ effect: 'delay', kind: 'alignment-global', delaySeconds: 1e5 }),
    ],
    ends: 'finished',
    reaches: ['simulation simulation.draining|clock.horizon|0'],
  },
  {
    name: 'events go round while time stands still',
    disturbances: [{ actor: /^server$/, state: 'rewardLearning', act: goRound }],
    ends: 'livelock',
    reaches: ['simulation simulation.running|clock.stuck|0'],
  },
  {
    name: 'events go round once the server has finished',
    disturbances: [{ actor: /^simulation$/, state: 'draining', act: goRound }],
    ends: 'livelock',
    reaches: ['simulation simulation.draining|clock.stuck|0'],
  },
  {
    name: 'the user interrupts the run',
    disturbances: [{ actor: /^server$/, state: 'rewardLearning.aggregating', act: (run) => run.interrupt() }],
    ends: 'interrupted',
    reaches: ['simulation simulation|interrupt|0'],
  },
  {
    name: 'the script stops the run',
    definition: { extends: 'tiny', timeline: [at(5, act.stop())] },
    ends: 'stopped',
    reaches: ['simulation simulation|stop|0'],
  },
];

/** A client goes off once the server has asked for its work, and is back when the request has come. */
function goOffWhenAsked({ world }: Parameters<Disturbance['act']>[0], actor: string): void {
  const subscription = world.bus.events.subscribe(({ phase, envelope: { to, message } }) => {
    if (phase !== 'settled' || to !== actor || message.kind !== 'update-request') return;
    subscription.unsubscribe();
    world.clock.at(0.3, () => world.presence.crash(actor, 50));
  });
}
