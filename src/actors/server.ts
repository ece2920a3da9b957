import { assign, enqueueActions } from 'xstate';
import type { Download, SharedPart, Stage } from '../../machines/events.js';
import {
  serverMachine,
  type ReceivedUpdate,
  type ServerContext,
  type ServerEvent,
} from '../../machines/server.js';
import { aggregations } from '../strategies/aggregation/index.js';
import { compressions } from '../strategies/compression/index.js';
import { initialAdapters } from '../learning/model/adapters.js';
import { initialPretrainedReward } from '../learning/model/pretrained-reward.js';
import { featureWidth, initialRewardModel } from '../learning/model/reward-model.js';
import type { Objective } from '../learning/data/types.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { selections } from '../strategies/selection/index.js';
import { clientsOf, hasAnswered, meanLoss, quorate, updateKinds } from './answers.js';
import { judge } from './convergence.js';
import { broughtBy, refsOf, sharedParts } from './global-model.js';
import type { World } from './world.js';

/** Gives the server's chart its actions, guards and delays. */
export function provideServer(world: World) {
  const { scenario, clock, bus, store } = world;
  const published = (set: ParamSet) => store.put(compressions[scenario.channel.compression].roundTrip(set));

  return serverMachine.provide({
    actions: {
      enterStep: ({ context }, { step }) =>
        world.record({
          type: 'step',
          step,
          actor: 'server',
          round: context.round,
          virtualSeconds: clock.nowSeconds,
        }),
      insertAdapters: assign(({ context }) => ({
        holdings: scenario.model.preinstalled ? heldByAll(context.clients, [context.global.base]) : {},
        global: {
          ...context.global,
          adapters: world.method.trains.includes('adapters')
            ? published(initialAdapters(world.shape, stream(scenario.seed, 'adapters')))
            : null,
        },
      })),
      designRewardModels: assign(({ context }) => {
        const design = (objective: Objective) => published(initialReward(world, objective));
        return { global: { ...context.global, helpful: design('helpful'), harmless: design('harmless') } };
      }),
      openStage: assign((_, { stage }) => ({
        stage,
        round: 0,
        bestLoss: null,
        roundsWithoutProgress: 0,
        verdict: 'continue' as const,
      })),
      openRound: assign(({ context }) => ({
        round: context.round + 1,
        cohort: cohortOf(world, context, context.round + 1),
        unreached: [],
        updates: [],
        late: [],
        openedAtSeconds: clock.nowSeconds,
      })),
      send: enqueueActions(({ context, enqueue }, { kind, step }) => {
        const downloads = downloadsOf(world, context, kind, step);
        enqueue.assign({
          holdings: { ...context.holdings, ...holdingsAfter(context.holdings, downloads) },
        });
        enqueue(() => {
          for (const [to, download] of Object.entries(downloads)) {
            bus.send('server', to, download, groupOf(download, downloads));
          }
        });
      }),
      takeUpdate: assign(({ context, event }) => take(context, event, 0)),
      takeLateUpdate: assign(({ context, event }) =>
        event.type === 'upload.delivered'
          ? { ...take(context, event, context.round - event.upload.round), late: withLate(context, event) }
          : {},
      ),
      discardUpdate: assign(({ context, event }) => ({ late: withLate(context, event) })),
      noteReceived: assign(({ context, event }) => ({ received: withReceipt(context, event) })),
      noteUnreached: assign(({ context, event }) =>
        event.type === 'download.dropped'
          ? {
              unreached: [...new Set([...context.unreached, event.to])],
              holdings: {
                ...context.holdings,
                [event.to]: without(context.holdings[event.to] ?? [], event.download.params),
              },
            }
          : {},
      ),
      aggregate: assign(({ context }) => {
        const updates = quorate(context, scenario.server.quorum);
        if (updates.length === 0) return { loss: null };
        return {
          loss: meanLoss(updates),
          global: { ...context.global, ...aggregated(world, context.stage, updates, published) },
        };
      }),
      decide: assign(({ context }) => {
        const judged = judge(context, context.round, context.loss, scenario[context.stage]);
        return { ...judged, verdicts: { ...context.verdicts, [context.stage]: judged.verdict } };
      }),
      closeRound: ({ context }) =>
        world.record({
          type: 'round',
          stage: context.stage,
          round: context.round,
          virtualSeconds: clock.nowSeconds,
          seconds: clock.nowSeconds - context.openedAtSeconds,
          ...world.ledger.closeRound(context.stage, context.cohort),
          loss: context.loss,
          cohort: context.cohort.length,
          updates: clientsOf(quorate(context, scenario.server.quorum)).length,
          late: context.late.length,
          verdict: context.verdict,
        }),
    },
    guards: {
      isCopy: ({ context: { received }, event }) =>
        event.type === 'upload.delivered' && !!received[event.from]?.includes(receiptOf(event)),
      isOfThisRound: ({ context, event }) =>
        event.type === 'upload.delivered' &&
        event.upload.stage === context.stage &&
        event.upload.round === context.round,
      isLateButWelcome: ({ context, event }) =>
        scenario.server.late === 'accept' &&
        event.type === 'upload.delivered' &&
        event.upload.stage === context.stage &&
        event.upload.round < context.round &&
        !hasNewer(context, event),
      everyoneAnswered: ({ context }) => context.cohort.every((client) => hasAnswered(context, client)),
      stageIsOver: ({ context }) => context.verdict !== 'continue',
    },
    delays: {
      roundDeadline: ({ context }) => (scenario[context.stage].deadlineSeconds ?? Infinity) * 1e3,
    },
  });
}

/** Step 2.1. */
function initialReward({ scenario, shape, pretrained }: World, objective: Objective): ParamSet {
  const { seed, reward } = scenario;
  const draws = stream(seed, 'reward', objective);
  return pretrained
    ? initialPretrainedReward(pretrained.loaded, reward.model.train, draws)
    : initialRewardModel(featureWidth(shape.config), reward.hidden, draws);
}

function cohortOf(world: World, { clients, stage }: ServerContext, round: number): readonly string[] {
  const { selection, selectionFraction } = world.scenario.server;
  return selections[selection](
    clients,
    selectionFraction,
    stream(world.scenario.seed, 'selection', stage, round),
  );
}

/** One download for everybody whom the next step needs, with the parameters that each of them lacks. */
function downloadsOf(
  world: World,
  context: ServerContext,
  kind: Download['kind'],
  step: Download['step'],
): Readonly<Record<string, Download>> {
  const recipients =
    context.verdict === 'continue' ? cohortOf(world, context, context.round + 1) : context.clients;
  const { stage, round, verdict, global } = context;
  return Object.fromEntries(
    recipients.map((client) => {
      const held = context.holdings[client] ?? [];
      const params = broughtBy(kind, global).filter(({ hash }) => !held.includes(hash));
      return [client, { kind, step, stage, round, verdict, global, params }];
    }),
  );
}

/** Everybody to whom the same parameters go: one broadcast reaches them all. */
function groupOf({ params }: Download, downloads: Readonly<Record<string, Download>>): readonly string[] {
  const content = ({ params: own }: Pick<Download, 'params'>) => own.map(({ hash }) => hash).join(' ');
  const wanted = content({ params });
  return Object.keys(downloads).filter((client) => content(downloads[client]!) === wanted);
}

function heldByAll(clients: readonly string[], refs: readonly ParamRef[]) {
  return Object.fromEntries(clients.map((client) => [client, refs.map(({ hash }) => hash)]));
}

/** What the recipients hold if their downloads arrive: the parts they carry, and the state they build on. */
function holdingsAfter(
  holdings: ServerContext['holdings'],
  downloads: Readonly<Record<string, Download>>,
): ServerContext['holdings'] {
  return Object.fromEntries(
    Object.entries(downloads).map(([client, { kind, global }]) => {
      const brought = broughtBy(kind, global).map(({ hash }) => hash);
      const kept = refsOf(global).filter(({ hash }) => holdings[client]?.includes(hash));
      return [client, [...new Set([...brought, ...kept.map(({ hash }) => hash)])]];
    }),
  );
}

function without(hashes: readonly string[], lost: readonly ParamRef[]): readonly string[] {
  return hashes.filter((hash) => !lost.some((ref) => ref.hash === hash));
}

/** Of a client's updates of one kind the newest counts: this one takes the place of an older one. */
function take(
  context: ServerContext,
  event: ServerEvent,
  staleness: number,
): { updates: readonly ReceivedUpdate[] } {
  if (event.type !== 'upload.delivered') return { updates: context.updates };
  const { from, upload } = event;
  const others = context.updates.filter(
    (update) => update.from !== from || update.upload.kind !== upload.kind,
  );
  return { updates: [...others, { from, upload, staleness }] };
}

/** An update that came after its round was closed, beside the others that did so. */
function withLate({ late }: ServerContext, event: ServerEvent): ServerContext['late'] {
  if (event.type !== 'upload.delivered') return late;
  const { stage, round } = event.upload;
  return [...new Set([...late, `${event.from} ${stage} ${round}`])];
}

type Delivered = Extract<ServerEvent, { type: 'upload.delivered' }>;

function withReceipt({ received }: ServerContext, event: ServerEvent): ServerContext['received'] {
  if (event.type !== 'upload.delivered') return received;
  return { ...received, [event.from]: [...(received[event.from] ?? []), receiptOf(event)] };
}

/** What tells an upload from all others of its client: kinds are those of a stage. */
function receiptOf({ upload: { kind, round } }: Delivered): string {
  return `${kind} ${round}`;
}

/** Whether a newer update of this kind has been taken from the client already. */
function hasNewer({ updates }: ServerContext, { from, upload: { kind, round } }: Delivered): boolean {
  return updates.some((taken) => {
    return taken.from === from && taken.upload.kind === kind && taken.upload.round > round;
  });
}

/**
 * Steps 1.4, 2.4 and 3.4: each shared part of the global model, averaged over the updates that hold it: each
 * reward model over its own, so that an update whose fellow was lost on its way still counts.
 */
function aggregated(
  world: World,
  stage: Stage,
  received: readonly ReceivedUpdate[],
  published: (set: ParamSet) => ParamRef,
): Partial<Record<SharedPart, ParamRef>> {
  const { aggregation, stalenessExponent } = world.scenario.server;
  world.checkers.onAggregate(
    received.map(({ from, upload: { kind, stage, round } }) => ({ from, kind, stage, round })),
  );
  const shared = updateKinds[stage].flatMap((kind) => sharedParts(world, kind));
  const parts = shared.flatMap((part) => {
    const updates = received.flatMap(({ from, upload, staleness }) => {
      const ref = upload.shared[part];
      return ref ? [{ client: from, params: world.store.get(ref), rows: upload.rows, staleness }] : [];
    });
    if (updates.length === 0) return [];
    return [[part, published(aggregations[aggregation](updates, { stalenessExponent }))] as const];
  });
  return Object.fromEntries(parts);
}
