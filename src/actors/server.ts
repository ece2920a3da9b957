import { assign, enqueueActions, fromPromise } from 'xstate';
import { compareOrders, textOf, updateName, type WorkOrder } from '../../machines/events.js';
import { downloadsOf, opensStage, messageKinds, protocol, stageAfter } from '../../machines/protocol.js';
import {
  serverMachine,
  type Aggregated,
  type History,
  type Member,
  type ReceivedUpdate,
  type ServerContext,
  type ServerEvent,
} from '../../machines/server.js';
import { initialAdapters } from '../learning/model/adapters.js';
import { initialPretrainedReward } from '../learning/model/pretrained-reward.js';
import { featureWidth, initialRewardModel } from '../learning/model/reward-model.js';
import type { Objective } from '../learning/objective.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { cohortSize } from '../strategies/selection/selection.js';
import { trainedParts } from '../strategies/methods/method.js';
import { aggregateTask } from './aggregate.js';
import { clientsOf, hasAnswered, meanLoss, quorate } from './answers.js';
import { assessConvergence } from './convergence.js';
import { downloadsTo, groupOf, holdingsAfter } from './downloads.js';
import { encoded } from './encoding.js';
import { recordStep } from './figures.js';
import { rosterOf } from './roster.js';
import type { World } from './world.js';

/** Gives the server's chart its actions, guards, delays and its task. */
export function provideServer(world: World) {
  const { scenario, clock, bus, discipline } = world;

  return serverMachine.provide({
    actors: {
      aggregate: fromPromise<Aggregated, ServerContext>(({ input }) => aggregateTask(world, input)),
    },
    actions: {
      enterStep: ({ context }, { step }) => recordStep(world, step, 'server', context.version),
      insertAdapters: assign(({ context }) => {
        const { shape, method } = world;
        const hasAdapters = trainedParts(method).includes('adapters');
        const adapters = () => initialAdapters(shape, stream(scenario.seed, 'adapters'));
        return published(world, context, hasAdapters ? { adapters: adapters() } : {});
      }),
      designRewardModels: assign(({ context }) =>
        published(world, context, {
          helpful: initialReward(world, 'helpful'),
          harmless: initialReward(world, 'harmless'),
        }),
      ),
      openStage: assign(({ context }, { stage }) => ({
        stage,
        version: 0,
        madeAtSeconds: [clock.nowSeconds],
        memory: { ...context.memory, aggregation: {} },
        bestLoss: null,
        roundsWithoutProgress: 0,
        verdict: 'continue' as const,
        members: Object.fromEntries(
          context.clients.map((id) => {
            const member = context.members[id] ?? newMember(world, context);
            return [id, { ...member, history: newcomer }];
          }),
        ),
      })),
      invite: assign(({ context }) => invited(world, context)),
      send: enqueueActions(({ context, enqueue }, { step }) => {
        let { members } = context;
        for (const kind of downloadsOf(step)) {
          const downloads = downloadsTo({ ...context, members }, kind);
          members = withEach(members, Object.keys(downloads), (member, client) => ({
            ...member,
            holdings: holdingsAfter(member, downloads[client]!),
          }));
          enqueue(() => {
            for (const [to, download] of Object.entries(downloads)) {
              bus.send('server', to, download, groupOf(download, downloads));
            }
          });
        }
        enqueue.assign({ members });
      }),
      openRound: assign({ late: [], openedAtSeconds: () => clock.nowSeconds }),
      takeUpdate: assign(({ context, event }) =>
        onUpload(event, (arrival) => taken(world, context, arrival)),
      ),
      discardUpdate: assign(({ context, event }) =>
        onUpload(event, (arrival) => noted(context, arrival, true)),
      ),
      noteUnreached: assign(({ context, event }) => {
        if (event.type !== 'download.dropped') return {};
        const { order, params } = event.download;
        const lost = params.map(({ hash }) => hash);
        const isNewest = ({ order: newest }: Member) =>
          order !== null && newest !== null && compareOrders(order, newest) === 0;
        return {
          members: withEach(context.members, [event.to], (member) => ({
            ...member,
            unreached: member.unreached || isNewest(member),
            holdings: member.holdings.filter((hash) => !lost.includes(hash)),
          })),
        };
      }),
      gather: assign(({ context }) => ({
        gathered: quorate(context, scenario.server.quorum),
        updates: [],
        version: context.version + 1,
        members: withEach(context.members, context.cohort, ({ history, ...member }, client) => ({
          ...member,
          history: {
            ...history,
            orders: history.orders + 1,
            failures: history.failures + (hasAnswered(context, client) ? 0 : 1),
          },
        })),
      })),
      publish: assign(({ context }, { parts, memory }) => ({
        global: { ...context.global, ...parts },
        memory,
        madeAtSeconds: [...context.madeAtSeconds, clock.nowSeconds],
        loss: meanLoss(context.gathered),
      })),
      decide: assign(({ context }) => {
        const assessment = assessConvergence(context, context.version, context.loss, scenario[context.stage]);
        return { ...assessment, verdicts: { ...context.verdicts, [context.stage]: assessment.verdict } };
      }),
      closeRound: ({ context }) =>
        world.record({
          type: 'round',
          stage: context.stage,
          round: context.version,
          virtualSeconds: clock.nowSeconds,
          seconds: clock.nowSeconds - context.openedAtSeconds,
          ...world.ledger.closeRound(context.stage, context.cohort),
          loss: context.loss,
          cohort: context.cohort.length,
          updates: clientsOf(context.gathered).length,
          late: context.late.length,
          verdict: context.verdict,
        }),
      crash: (_, { cause }) => world.failure.report(cause),
    },
    guards: {
      isCopy: ({ context, event }) =>
        event.type === 'upload.delivered' &&
        context.members[event.from]!.receipts.includes(updateName(event.upload)),
      isAdmitted: ({ context, event }) => {
        if (event.type !== 'upload.delivered' || event.upload.answers.stage !== context.stage) return false;
        const staleness = context.version - event.upload.answers.version;
        return (
          !hasNewer(context, event) &&
          discipline.admits({ client: event.from, staleness }, rosterOf(world, context))
        );
      },
      isDue: ({ context }) => discipline.isDue(rosterOf(world, context)),
      stageIsOver: ({ context }) => context.verdict !== 'continue',
      runIsOver: ({ context }) =>
        context.verdict !== 'continue' && stageAfter(context.stage, scenario.stages) === null,
    },
    delays: {
      deadline: ({ context }) => discipline.deadlineSeconds(rosterOf(world, context)) * 1e3,
    },
  });
}

function newMember({ scenario }: World, { global }: ServerContext): Member {
  return {
    holdings: scenario.model.preinstalled ? [global.base!.hash] : [],
    order: null,
    orderedAtSeconds: 0,
    unreached: false,
    receipts: [],
    history: newcomer,
  };
}

const newcomer: History = { version: null, loss: null, seconds: null, orders: 0, failures: 0 };

/** Step 2.1. */
function initialReward({ scenario, shape, pretrained }: World, objective: Objective): ParamSet {
  const { seed, reward } = scenario;
  const draws = stream(seed, 'reward', objective);
  return pretrained
    ? initialPretrainedReward(pretrained.loaded, reward.model.train, draws)
    : initialRewardModel(featureWidth(shape.config), reward.hidden, draws);
}

/** The global model with parts that the server made, as they travel. */
function published(
  world: World,
  { global, memory, stage, version }: ServerContext,
  sets: Parameters<typeof encoded>[1],
) {
  const { parts, memory: codec } = encoded(world, sets, memory.codec, 'server', stage, version);
  return { global: { ...global, ...parts }, memory: { ...memory, codec } };
}

/**
 * The cohort of the next version and its orders; nobody where the stage is over and the next one opens with a
 * download of its own.
 */
function invited(world: World, context: ServerContext): Partial<ServerContext> {
  const work = nextWork(world, context);
  if (work === null) return { cohort: [] };
  const { scenario, discipline, selection, clock } = world;
  const { stage, version } = work;
  const draw = stream(scenario.seed, 'selection', stage, version + 1);
  const history = Object.fromEntries(
    Object.entries(context.members).map(([client, member]) => [client, member.history]),
  );
  const select = (clients: readonly string[]) => {
    const size = cohortSize(scenario.server.selectionFraction, clients.length);
    return selection({ clients, size, version, history }, draw);
  };
  const cohort = discipline.invite(rosterOf(world, { ...context, stage, version }), select);
  const members = withEach(context.members, context.clients, (member, client) => ({
    ...member,
    unreached: false,
    ...(cohort.includes(client) && {
      order: orderAfter(member.order, work),
      orderedAtSeconds: clock.nowSeconds,
    }),
  }));
  return { cohort, members };
}

/** What clients are to work on next; null where the last downloads of the stage ask for nothing. */
function nextWork(
  { scenario }: World,
  { stage, version, verdict }: ServerContext,
): Omit<WorkOrder, 'order'> | null {
  if (verdict === 'continue') return { stage, version };
  const next = stageAfter(stage, scenario.stages);
  const isOpened = messageKinds.some((kind) => protocol[kind].stage === next && opensStage(kind));
  return next === null || isOpened ? null : { stage: next, version: 0 };
}

function orderAfter(latest: WorkOrder | null, work: Omit<WorkOrder, 'order'>): WorkOrder {
  const isAgain = latest?.stage === work.stage && latest.version === work.version;
  return { ...work, order: isAgain ? latest.order + 1 : 1 };
}

type Members = ServerContext['members'];

function withEach(
  members: Members,
  clients: readonly string[],
  change: (member: Member, client: string) => Member,
): Members {
  const changed = clients.map((client) => [client, change(members[client]!, client)] as const);
  return { ...members, ...Object.fromEntries(changed) };
}

function onUpload(
  event: ServerEvent,
  then: (arrival: ReceivedUpdate) => Partial<ServerContext>,
): Partial<ServerContext> {
  return event.type === 'upload.delivered' ? then({ from: event.from, upload: event.upload }) : {};
}

/** An update at hand: of a client's updates of one kind the newest counts. */
function taken(world: World, context: ServerContext, arrival: ReceivedUpdate): Partial<ServerContext> {
  const { from, upload } = arrival;
  const others = context.updates.filter((other) => other.from !== from || other.upload.kind !== upload.kind);
  const isLate = upload.answers.version < context.version;
  const { late, members } = noted(context, arrival, isLate);
  const seconds = world.clock.nowSeconds - members[from]!.orderedAtSeconds;
  return {
    updates: [...others, arrival],
    late,
    members: withEach(members, [from], ({ history, ...member }) => ({
      ...member,
      history: { ...history, version: upload.answers.version, loss: upload.loss, seconds },
    })),
  };
}

/** Keeps the receipt, and notes an answer that came after its round was closed. */
function noted(
  { members, late }: ServerContext,
  arrival: ReceivedUpdate,
  isLate: boolean,
): Pick<ServerContext, 'members' | 'late'> {
  const { from, upload } = arrival;
  return {
    members: withEach(members, [from], (member) => ({
      ...member,
      receipts: [...member.receipts, updateName(upload)],
    })),
    late: isLate ? [...new Set([...late, `${from} ${textOf(upload.answers)}`])] : late,
  };
}

/** Whether a newer update of this kind is at hand from the client already. */
function hasNewer({ updates }: ServerContext, { from, upload: { kind, answers } }: ReceivedUpdate): boolean {
  return updates.some(
    ({ from: other, upload }) =>
      other === from && upload.kind === kind && compareOrders(upload.answers, answers) > 0,
  );
}
