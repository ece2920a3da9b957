import { assign, enqueueActions, fromPromise } from 'xstate';
import { downloadsOf, stageAfter, type Stage } from '../../machines/protocol.js';
import {
  serverMachine,
  type Aggregated,
  type Member,
  type ReceivedUpdate,
  type ServerContext,
} from '../../machines/server.js';
import { appended } from '../appended.js';
import { keyedList, valueOf, withValues } from '../keyed-list.js';
import { initialPretrainedReward } from '../learning/model/pretrained-reward.js';
import { featureWidth, initialRewardModel } from '../learning/model/reward-model.js';
import { objectives, type Objective } from '../learning/objective.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { PublishedEvent } from '../records/state-events.js';
import { leftOut, rejected } from '../records/update-fates.js';
import { stream } from '../simulation/random/stream.js';
import { withinMedian } from './admission/within-median.js';
import { aggregateTask } from './aggregate.js';
import { clientsOf, meanLoss, quorate, standsStill } from './answers.js';
import { isAdmitted, isCopy, isInPlaceOf, noted, rejectionOf, taken, whyDiscarded } from './arrivals.js';
import { assessConvergence } from './convergence.js';
import { downloadsTo, groupsOf, holdingsAfter, requestsTo } from './downloads.js';
import { recordStep } from './figures.js';
import { isForNobody } from './allotments.js';
import { historyIn, newcomer } from './history.js';
import { hashesOf } from './kept.js';
import { invited, invitedToo, moreToAsk, overdue } from './invitations.js';
import { acknowledging, missed, returned, unheard, unusable } from './members.js';
import { publishedParts } from './published-parts.js';
import { rosterOf } from './roster.js';
import { awaitsParts, momentAt } from '../strategies/methods/parts.js';
import { missingIn, serverSets } from './slots.js';
import type { World } from './world.js';

/** Gives the server's chart its actions, guards, delays and its task. */
export function provideServer(world: World) {
  const { scenario, clock, bus, discipline, ledger } = world;

  return serverMachine.provide({
    actors: {
      aggregate: fromPromise<Aggregated, ServerContext>(({ input }) => aggregateTask(world, input)),
    },
    actions: {
      enterStep: ({ context }, { step }) => recordStep(world, step, 'server', context.version),
      insertAdapters: enqueueActions(({ context, enqueue }) => {
        enqueue.assign(published(world, context, missingIn(context.global, serverSets(world))));
        enqueue(({ context }) => tellPublished(world, context, 'design'));
      }),
      designRewardModels: enqueueActions(({ context, enqueue }) => {
        const missing = objectives.filter((objective) => context.global[objective] === null);
        const sets = missing.map((objective) => [objective, initialReward(world, objective)] as const);
        enqueue.assign(published(world, context, Object.fromEntries(sets)));
        enqueue(({ context }) => tellPublished(world, context, 'design'));
      }),
      openStage: enqueueActions(({ context, enqueue }, { stage }) => {
        enqueue(() => {
          for (const { from, upload } of context.updates) ledger.decide(from, upload, leftOut('stage-over'));
        });
        enqueue.assign(openedStage(world, context, stage));
        enqueue(({ context }) => tellPublished(world, context, 'stage'));
      }),
      invite: assign(({ context }) => invited(world, context)),
      inviteMore: assign(({ context }) => invitedToo(world, context)),
      send: enqueueActions(({ context, enqueue }, { step }) => {
        let { members } = context;
        enqueue(() => {
          for (const [to, request] of requestsTo(context)) bus.send('server', to, request, [to]);
        });
        for (const kind of downloadsOf(step, context.rewards)) {
          const downloads = downloadsTo(world, { ...context, members }, kind);
          members = withValues(members, Object.keys(downloads), (member, client) => ({
            ...member,
            holdings: holdingsAfter(member, downloads[client]!, context.rewards),
          }));
          enqueue(() => {
            const groups = groupsOf(downloads);
            for (const [to, download] of Object.entries(downloads)) {
              bus.send('server', to, download, groups.get(to));
            }
          });
        }
        enqueue.assign({ members });
      }),
      openRound: assign({ late: [], openedAtSeconds: () => clock.nowSeconds, atDeadline: false }),
      noteDeadline: assign({ atDeadline: true }),
      takeUpdate: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'upload.delivered') return;
        enqueue(() => {
          tellHeeded(world, event, true);
          for (const { from, upload } of context.updates.filter((other) => isInPlaceOf(event, other))) {
            ledger.decide(from, upload, leftOut('superseded'));
          }
        });
        enqueue.assign(taken(world, context, event));
      }),
      discardUpdate: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'upload.delivered') return;
        enqueue(() => {
          tellHeeded(world, event, false);
          ledger.decide(event.from, event.upload, leftOut(whyDiscarded(world, context, event)));
        });
        enqueue.assign(noted(context, event, true));
      }),
      rejectUpdate: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'upload.delivered') return;
        const rejection = rejectionOf(world, context, event);
        if (rejection === null) throw new Error(`nothing is wrong with the update of ${event.from}`);
        enqueue(() => ledger.decide(event.from, event.upload, rejected(rejection)));
        enqueue.assign({ members: unusable(context, event) });
      }),
      noteUnusable: assign(({ context, event }) =>
        event.type === 'upload.unusable' ? { members: unusable(context, event) } : {},
      ),
      noteHeld: assign(({ context, event }) =>
        event.type === 'download.acknowledged' ? { members: acknowledging(context, event) } : {},
      ),
      noteUnreached: assign(({ context, event }) =>
        event.type === 'download.dropped' ? { members: missed(context, event) } : {},
      ),
      noteUnheard: assign(({ context, event }) =>
        event.type === 'request.dropped' ? { members: unheard(context, event) } : {},
      ),
      noteReturn: assign(({ context, event }) =>
        event.type === 'client.returned' ? { members: returned(context, event) } : {},
      ),
      gather: enqueueActions(({ context, enqueue }) => {
        const roster = rosterOf(world, context);
        const due = new Set(discipline.takes?.(roster) ?? roster.atHand.map(({ client }) => client));
        const isDue = ({ from }: ReceivedUpdate) => due.has(from);
        const later = context.updates.filter((each) => !isDue(each));
        const [now, tooLong] = withinMedian(world, context.updates.filter(isDue));
        const gathered = quorate({ ...context, updates: now }, scenario.server.quorum);
        const kinds = new Set(gathered.map(({ upload }) => upload.kind));
        enqueue(() => {
          for (const { from, upload } of now.filter(({ upload: { kind } }) => !kinds.has(kind))) {
            ledger.decide(from, upload, leftOut('below-quorum'));
          }
          for (const { from, upload, why } of tooLong) {
            ledger.decide(from, upload, rejected({ check: 'norm', why }));
          }
        });
        enqueue.assign({
          gathered,
          updates: later,
          left: clientsOf(later),
          version: context.version + 1,
          members: overdue(world, context),
        });
      }),
      publish: enqueueActions(({ context, enqueue }, { parts, memory }) => {
        const { gathered, version, global, madeAtSeconds } = context;
        enqueue(() => {
          for (const { from, upload } of gathered) {
            ledger.decide(from, upload, { aggregatedIn: version, leftOut: null });
          }
        });
        enqueue.assign({
          global: { ...global, ...parts },
          memory,
          madeAtSeconds: appended(madeAtSeconds, clock.nowSeconds),
          loss: meanLoss(gathered),
        });
        enqueue(({ context }) => tellPublished(world, context, 'aggregate'));
      }),
      decide: assign(({ context }) => {
        const { stage, version, loss } = context;
        const awaits = stage !== 'reward' && awaitsParts(world.method, momentAt(scenario, stage, version));
        const assessment = assessConvergence(context, version, loss, scenario[stage], awaits);
        return { ...assessment, verdicts: { ...context.verdicts, [stage]: assessment.verdict } };
      }),
      closeRound: ({ context }) =>
        world.record({
          type: 'round',
          stage: context.stage,
          round: context.version,
          virtualSeconds: clock.nowSeconds,
          seconds: clock.nowSeconds - context.openedAtSeconds,
          ...ledger.closeRound(context.stage, context.cohort),
          loss: context.loss,
          cohort: context.cohort.length,
          updates: clientsOf(context.gathered).length,
          late: context.late.length,
          verdict: context.verdict,
          members: context.cohort,
          closedBy: context.atDeadline ? 'deadline' : 'answers',
        }),
      crash: (_, { cause }) => world.failure.report(cause),
    },
    guards: {
      beginsWith: ({ context }, { stage }) => context.stage === stage,
      isCopy: ({ context, event }) => event.type === 'upload.delivered' && isCopy(context, event),
      isAdmitted: ({ context, event }) =>
        event.type === 'upload.delivered' && isAdmitted(world, context, event),
      isRejected: ({ context, event }) =>
        event.type === 'upload.delivered' && rejectionOf(world, context, event) !== null,
      isDue: ({ context }) =>
        !standsStill(context) && !isForNobody(world, context) && discipline.isDue(rosterOf(world, context)),
      hasMoreToAsk: ({ context }) => moreToAsk(world, context).length > 0,
      stageIsOver: ({ context }) => context.verdict !== 'continue',
      runIsOver: ({ context }) =>
        context.verdict !== 'continue' && stageAfter(context.stage, scenario.stages) === null,
    },
    delays: {
      deadline: ({ context }) => discipline.deadlineSeconds(rosterOf(world, context)) * 1e3,
    },
  });
}

/** Nothing of the stage before counts in this one; what it left at hand is passed over. */
function openedStage(world: World, context: ServerContext, stage: Stage): Partial<ServerContext> {
  const { clients, members, memory } = context;
  return {
    stage,
    version: 0,
    madeAtSeconds: { blocks: [], last: [world.clock.nowSeconds] },
    memory: { ...memory, aggregation: {} },
    updates: [],
    left: [],
    bestLoss: null,
    roundsWithoutProgress: 0,
    verdict: 'continue',
    members: keyedList(
      clients.map((id) => {
        const member = valueOf(members, id) ?? newMember(world, id);
        return [id, { ...member, history: historyIn(stage, member) }];
      }),
    ),
  };
}

function newMember({ start }: World, id: string): Member {
  return {
    holdings: start.clients.get(id)!.held,
    acknowledged: start.clients.get(id)!.held,
    order: null,
    orderedAtSeconds: 0,
    unreached: false,
    unusable: null,
    presence: 'here',
    failed: false,
    urged: null,
    receipts: [],
    history: newcomer,
  };
}

/** Step 2.1. */
function initialReward({ scenario, shape, pretrained }: World, objective: Objective): ParamSet {
  const { seed, reward } = scenario;
  const draws = stream(seed, 'reward', objective);
  return pretrained
    ? initialPretrainedReward(pretrained.loaded, reward.model.train, draws)
    : initialRewardModel(featureWidth(shape.config), reward.hidden, draws);
}

/** The global model with parts that the server made. */
function published(world: World, context: ServerContext, sets: Readonly<Record<string, ParamSet>>) {
  const { parts, memory } = publishedParts(world, context, sets);
  return { global: { ...context.global, ...parts }, memory };
}

function tellPublished(
  { clock, events }: World,
  { stage, version, global }: ServerContext,
  by: PublishedEvent['by'],
): void {
  const { nowSeconds: virtualSeconds } = clock;
  events.tell({ type: 'published', by, stage, version, global: hashesOf(global), virtualSeconds });
}

function tellHeeded({ clock, events }: World, { from, upload }: ReceivedUpdate, isTaken: boolean): void {
  const { kind, answers } = upload;
  const { nowSeconds: virtualSeconds } = clock;
  events.tell({ type: 'heeded', from, kind, answers, isTaken, virtualSeconds });
}
