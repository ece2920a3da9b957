import { assign, enqueueActions, fromPromise } from 'xstate';
import { clientMachine, type ClientContext, type Frozen, type Trained } from '../../machines/client.js';
import {
  compareOrders,
  keyOf,
  placeOf,
  updateName,
  type Download,
  type Model,
  type Upload,
} from '../../machines/events.js';
import {
  isSentWith,
  opensStage,
  protocol,
  stageAfter,
  type Stage,
  type UploadKind,
} from '../../machines/protocol.js';
import { sharedParts } from '../strategies/methods/parts.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { measure } from './measure.js';
import { settled } from './codec-state.js';
import { hashesOf, tellKept, unsettledHashes } from './kept.js';
import { encoded } from './encoding.js';
import { recordStep } from './figures.js';
import { carriedBy, judgesOf, lacking, refsOf } from './parts.js';
import { lieOf } from './lie.js';
import { rowsBehind } from './rows.js';
import { roundOf } from './rounds.js';
import { alignTask, freezeTask, instructTask, rewardTask } from './tasks.js';
import { mapValues } from '../map-values.js';
import { clientSets, missingIn, renewedSets } from './slots.js';
import { clientOf, type World } from './world.js';

/** Gives a client's chart its actions, guards and tasks. */
export function provideClient(world: World) {
  return clientMachine.provide({
    actors: {
      tune: fromPromise<Trained, ClientContext>(({ input, signal }) => instructTask(world, input, signal)),
      trainRewardModels: fromPromise<Trained, ClientContext>(({ input, signal }) =>
        rewardTask(world, input, signal),
      ),
      freeze: fromPromise<Frozen, ClientContext>(({ input, signal }) => freezeTask(world, input, signal)),
      align: fromPromise<Trained, ClientContext>(({ input, signal }) => alignTask(world, input, signal)),
    },
    actions: {
      enterStep: ({ context }, { step }) => recordStep(world, step, context.id, roundOf(context)),
      keepNewest: assign(({ context, event }) => {
        if (event.type !== 'download.delivered') return {};
        const { download } = event;
        return {
          pending: isNews(context, download) ? download : context.pending,
          held: withHashes(context.held, [
            ...download.params,
            ...judgesOf(download.global, world.method.rewards),
          ]),
        };
      }),
      takeUp: enqueueActions(({ context, enqueue }) => {
        const { pending } = context;
        if (pending === null) throw new Error(`${context.id} takes up a download that never came`);
        enqueue.assign(takenUp(world, context, pending));
        const change = { by: 'download', place: placeOf(pending), global: hashesOf(pending.global) } as const;
        enqueue(({ context }) => tellKept(world, context, change));
      }),
      measureReceived: ({ context }) => {
        if (!context.designed || !context.current) return;
        const { kind, version: round, verdict } = context.current;
        const { stage } = protocol[kind];
        // A client that missed the end of stage 2 has no frozen reward models to be measured by yet.
        if (opensStage(kind) || (stage === 'alignment' && !context.frozen)) return;
        measure(world, context, { stage, round, verdict });
      },
      measureStart: ({ context }, { stage }) =>
        measure(world, context, { stage, round: 0, verdict: 'continue' }),
      designLora: enqueueActions(({ context: { id, model, current }, enqueue }) => {
        const sets = clientSets(world, id, versionOf(current!));
        const own = mapValues(missingIn(model, sets), (set) => world.store.put(set));
        enqueue.assign({ designed: true, model: { ...model, ...own } });
        enqueue(({ context }) => tellKept(world, context, { by: 'design' }));
      }),
      collectPreferences: assign({ collected: true }),
      keepTrained: enqueueActions(({ enqueue }, { model, frozen, moments, learned }) => {
        enqueue.assign({ model, frozen, moments, learned });
        enqueue(({ context }) => tellKept(world, context, { by: 'training', stage: orderedStage(context)! }));
      }),
      keepFrozen: enqueueActions(({ enqueue }, frozen) => {
        enqueue.assign({ frozen });
        enqueue(({ context }) => tellKept(world, context, { by: 'freezing' }));
      }),
      transmit: enqueueActions(({ context, enqueue }, { kind, loss }) => {
        if (!isSentWith(world.method.rewards, kind)) return;
        const { upload, residuals, unsettled } = uploadOf(world, context, kind, loss);
        const { model, designed, collected, frozen, moments, replayed } = context;
        const replays = clientOf(world, context.id).attack?.replays === true;
        const update = updateName(upload);
        const own = { ...unsettled, memory: { ...unsettled.memory, ...context.learned } };
        enqueue.assign({
          ...(replays && { replayed: { [kind]: model, ...replayed } }),
          residuals,
          uncommitted: { ...context.uncommitted, [update]: own },
          saved: { model, designed, collected, frozen, moments },
        });
        enqueue(({ context }) => {
          tellKept(world, context, { by: 'sending', update, unsettled: unsettledHashes(own) });
          world.bus.send(context.id, 'server', upload);
        });
      }),
      commitMemory: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'upload.settled') return;
        const update = updateName(event.upload);
        const { [update]: unsettled, ...uncommitted } = context.uncommitted;
        if (!unsettled) return;
        enqueue.assign({ uncommitted, ...settled(world.store, context, unsettled, event) });
        enqueue(({ context }) => tellKept(world, context, { by: 'settling', update }));
      }),
      dropWork: enqueueActions(({ context, event, enqueue }) => {
        const crashed = event.type === 'device.off' && event.crashed;
        enqueue.assign({ pending: null, ...(crashed && afterCrash(context)) });
        enqueue(({ context }) => tellKept(world, context, { by: 'going-off', crashed }));
      }),
      hasten: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'request.delivered') return;
        const { about } = event.request;
        const work = world.work.get(context.id);
        const isNewer = context.wanted === null || compareOrders(about, context.wanted) > 0;
        if (isNewer) enqueue.assign({ wanted: about });
        if (work && compareOrders(work.order, about) === 0) enqueue(() => work.handIn());
      }),
      crash: (_, { cause }) => world.failure.report(cause),
    },
    guards: {
      isInterrupted: ({ context, event }) =>
        event.type === 'download.delivered' && event.download.interrupts && isNews(context, event.download),
      hasUsableDownload: ({ context: { pending, held } }) =>
        pending !== null && refsOf(pending.global).every(({ hash }) => held.includes(hash)),
      hasNoLora: ({ context }) => !context.designed,
      isSilent: ({ context }) => isSilent(world, context),
      opensRound: ({ context }, { stage }) => orderedStage(context) === stage,
      opensRoundUncollected: ({ context }) => orderedStage(context) === 'reward' && !context.collected,
      opensRoundUnfrozen: ({ context }) => orderedStage(context) === 'alignment' && context.frozen === null,
      isOver: ({ context: { current } }) => current !== null && endsRun(world, current),
    },
  });
}

const withHashes = (held: readonly string[], more: readonly ParamRef[]) => [
  ...new Set([...held, ...more.map(({ hash }) => hash)]),
];

/** Whether a download closes the last stage of the run. */
function endsRun({ scenario }: World, { kind, verdict }: Download): boolean {
  const { stage } = protocol[kind];
  return verdict !== 'continue' && !opensStage(kind) && stageAfter(stage, scenario.stages) === null;
}

function orderedStage({ current }: ClientContext): Stage | null {
  return current?.order?.stage ?? null;
}

/** What a crash leaves: the model of the latest update, and nothing else of what has arrived since. */
function afterCrash({ saved }: ClientContext): Partial<ClientContext> {
  return { ...saved, held: refsOf(saved.model).map(({ hash }) => hash) };
}

/** Hashes of what a client holds of the newest global model that it knows of, and of its own. */
export function holdingsOf({ current, model, held }: ClientContext): readonly string[] {
  const known = [...refsOf(model), ...(current ? refsOf(current.global) : [])].map(({ hash }) => hash);
  return [...new Set(known)].filter((hash) => held.includes(hash));
}

/** The version of the global model that a download names. */
const versionOf = ({ kind, version }: Download) => ({ stage: protocol[kind].stage, version });

/**
 * What the method shares is replaced by the global model's; what is private stays, once the client has it, but for what
 * begins anew with each version. Nothing else is held any more: parameters that were replaced are gone, and where the
 * global model comes back to them the server sends them again.
 */
function takenUp(
  world: World,
  { id, model, designed, held }: ClientContext,
  pending: Download,
): Partial<ClientContext> {
  const { method, store } = world;
  const shared = ['base', ...sharedParts(method), 'helpful', 'harmless'];
  const parts = Object.keys(pending.global).map((part) => {
    const [first, second] = shared.includes(part) ? [pending.global, model] : [model, pending.global];
    return [part, first[part] ?? second[part] ?? null] as const;
  });
  const renewed = designed ? renewedSets(world, id, versionOf(pending)) : {};
  const taken = { ...Object.fromEntries(parts), ...mapValues(renewed, (set) => store.put(set)) } as Model;
  const kept = new Set([...refsOf(taken), ...refsOf(pending.global)].map(({ hash }) => hash));
  return { pending: null, current: pending, model: taken, held: held.filter((hash) => kept.has(hash)) };
}

/**
 * Whether a download is newer than all that came before it: not a copy, and not one that others overtook on
 * their way. From those only the parameters are kept.
 */
function isNews({ pending, current }: ClientContext, download: Download): boolean {
  return [pending, current].every(
    (known) => known === null || compareOrders(placeOf(download), placeOf(known)) > 0,
  );
}

function isSilent({ scenario }: World, { id, current }: ClientContext): boolean {
  const order = current?.order ?? null;
  if (order === null || scenario.clients.availability === 1) return false;
  const draw = stream(scenario.seed, 'availability', id, order.stage, ...keyOf(order)).uniform();
  return draw >= scenario.clients.availability;
}

function uploadOf(world: World, context: ClientContext, kind: UploadKind, loss: Upload['loss']) {
  const { id, current, model } = context;
  if (!current?.order) throw new Error(`${id} transmits an update that no download asked for`);
  const { order: answers, global: startedFrom } = current;
  const sets = carriedBy(world, kind, answers.version + 1).flatMap((part) => {
    const ref = model[part];
    return ref ? [[part, sentInPlaceOf(world, context, kind, part, ref)] as const] : [];
  });
  const { parts, layout, ...after } = encoded(world, Object.fromEntries(sets), context, {
    direction: 'uplink',
    bases: startedFrom,
    actor: id,
    stage: answers.stage,
    round: answers.version + 1,
    key: keyOf(answers),
  });
  const rows = rowsBehind(world, kind, clientOf(world, id));
  const honest: Upload = {
    ...{ direction: 'up', kind, answers, startedFrom, params: parts, rows, loss },
    ...(answers.stage === 'reward' && judgesIn(world, model)),
    ...(layout && { layout }),
  };
  const lie = lieOf(world, id, honest);
  return { upload: lie ? { ...honest, lie } : honest, ...after };
}

/** What measurement learns by beside the update; see `Upload`. */
function judgesIn({ method }: World, model: Model): Pick<Upload, 'judges'> {
  const trained = lacking(method.rewards).flatMap((part) => {
    const ref = model[part];
    return ref ? [[part, ref] as const] : [];
  });
  return trained.length === 0 ? {} : { judges: Object.fromEntries(trained) };
}

/** What a client sends of a part that it trained: another set where it is poisoned. */
function sentInPlaceOf(
  world: World,
  { id, current, replayed }: ClientContext,
  kind: UploadKind,
  part: string,
  ref: ParamRef,
): ParamSet {
  const { scenario, store } = world;
  const own = store.get(ref);
  const { attack } = clientOf(world, id);
  if (!attack?.update) return own;
  const { global, order } = current!;
  const start = global[part] ? store.get(global[part]) : renewedSets(world, id, versionOf(current!))[part];
  if (!start) throw new Error(`${id} sends ${part}, which it never began with`);
  const first = store.get(replayed[kind]?.[part] ?? ref);
  const draw = stream(scenario.seed, 'attack', part, id, order!.stage, ...keyOf(order!));
  return attack.update({ own, start, first }, draw);
}
