import { assign, fromPromise } from 'xstate';
import {
  clientMachine,
  type ClientContext,
  type ClientModel,
  type Frozen,
  type Trained,
} from '../../machines/client.js';
import type { Download, SharedPart, Stage, Upload } from '../../machines/events.js';
import { designedModules } from '../learning/clients/device.js';
import type { Client } from '../learning/clients/population.js';
import { compressions } from '../strategies/compression/index.js';
import { initialLora, loraSites } from '../learning/model/lora.js';
import type { ParamRef } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { measureAlignment, measureInstruction, measureReward } from './measure.js';
import { refsOf, sharedParts } from './global-model.js';
import { alignTask, freezeTask, instructTask, rewardTask } from './tasks.js';
import { roundOf, workOf } from './work.js';
import { clientOf, type World } from './world.js';

/** Gives a client's chart its actions, guards and tasks. */
export function provideClient(world: World) {
  const { clock } = world;

  return clientMachine.provide({
    actors: {
      tune: fromPromise<Trained, ClientContext>(({ input }) => instructTask(world, input)),
      trainRewardModels: fromPromise<Trained, ClientContext>(({ input }) => rewardTask(world, input)),
      freeze: fromPromise<Frozen, ClientContext>(({ input }) => freezeTask(world, input)),
      align: fromPromise<Trained, ClientContext>(({ input }) => alignTask(world, input)),
    },
    actions: {
      enterStep: ({ context }, { step }) =>
        world.record({
          type: 'step',
          step,
          actor: context.id,
          round: roundOf(context),
          virtualSeconds: clock.nowSeconds,
        }),
      keepNewest: assign(({ context, event }) => ({
        pending: isNews(context, event.download) ? event.download : context.pending,
        held: [...new Set([...context.held, ...event.download.params.map(({ hash }) => hash)])],
      })),
      takeUp: assign(({ context }) => takenUp(world, context)),
      measureReceived: ({ context }) => {
        if (!context.designed || !context.current) return;
        const { kind, round } = context.current;
        if (kind === 'global') measureInstruction(world, context, round);
        if (kind === 'helpful-global' || kind === 'harmless-global') measureReward(world, context, round);
        // A client that missed the end of stage 2 has no frozen reward models to be measured by yet.
        if (kind === 'alignment-global' && context.frozen) measureAlignment(world, context, round);
      },
      measureStart: ({ context }, { stage }) => {
        if (stage === 'instruction') measureInstruction(world, context, 0);
        if (stage === 'reward') measureReward(world, context, 0);
        if (stage === 'alignment') measureAlignment(world, context, 0);
      },
      designLora: assign(({ context }) => ({
        designed: true,
        model: { ...context.model, lora: context.model.lora ?? designedLora(world, context.id) },
      })),
      collectPreferences: assign({ collected: true }),
      keepTrained: assign((_, { model, frozen }) => ({ model, frozen })),
      keepFrozen: assign((_, frozen) => ({ frozen })),
      transmit: ({ context }, { kind, loss }) =>
        world.bus.send(context.id, 'server', uploadOf(world, context, kind, loss)),
      crash: (_, { cause }) => world.failure.report(cause),
    },
    guards: {
      hasUsableDownload: ({ context: { pending, held } }) =>
        pending !== null && refsOf(pending.global).every(({ hash }) => held.includes(hash)),
      hasNoLora: ({ context }) => !context.designed,
      isSilent: ({ context }) => isSilent(world, context),
      opensRound: ({ context }, { stage }) => workOf(context.current)?.stage === stage,
      opensRoundUncollected: ({ context }) =>
        workOf(context.current)?.stage === 'reward' && !context.collected,
      opensRoundUnfrozen: ({ context }) =>
        workOf(context.current)?.stage === 'alignment' && context.frozen === null,
      isOver: ({ context: { current } }) => current?.stage === 'alignment' && current.verdict !== 'continue',
    },
  });
}

/**
 * What the method shares is replaced by the global model's; what is private stays, once the client has it.
 */
function takenUp(world: World, { pending, model }: ClientContext): Partial<ClientContext> {
  if (pending === null) throw new Error('a client takes up a download that never came');
  const { global } = pending;
  const part = (name: SharedPart): ParamRef | null => {
    const isShared = name === 'helpful' || name === 'harmless' || world.method.shares.includes(name);
    return isShared ? (global[name] ?? model[name]) : (model[name] ?? global[name]);
  };
  const taken: ClientModel = {
    base: global.base,
    adapters: part('adapters'),
    lora: part('lora'),
    helpful: part('helpful'),
    harmless: part('harmless'),
  };
  return { pending: null, current: pending, model: taken };
}

const stageOrder: readonly Stage[] = ['instruction', 'reward', 'alignment'];

/**
 * Whether a download is newer than all that came before it: not a copy, and not one that others overtook on
 * their way. Of those only the parameters are kept.
 */
function isNews({ pending, current }: ClientContext, { stage, round }: Download): boolean {
  return [pending, current].every((known) => {
    if (known === null) return true;
    const later = stageOrder.indexOf(stage) - stageOrder.indexOf(known.stage);
    return later > 0 || (later === 0 && round > known.round);
  });
}

function designedLora(world: World, id: string): ParamRef | null {
  const { scenario, method, shape, store } = world;
  if (!method.trains.includes('lora')) return null;
  const { data, device } = clientOf(world, id);
  const modules =
    method.loraModules === 'all'
      ? loraSites(shape.config, shape.lora.targets).length
      : designedModules(scenario, data.train.length, device);
  return store.put(initialLora(shape, modules, stream(scenario.seed, 'lora', id)));
}

function isSilent({ scenario }: World, context: ClientContext): boolean {
  const work = workOf(context.current);
  if (work === null || scenario.clients.availability === 1) return false;
  const draw = stream(scenario.seed, 'availability', context.id, work.stage, work.round).uniform();
  return draw >= scenario.clients.availability;
}

const steps = {
  update: '1.3',
  'helpful-update': '2.3',
  'harmless-update': '2.3',
  'alignment-update': '3.3',
} as const;

/** Training rows behind an update: instructions, or pairs of its objective (Steps 1.3 and 2.3). */
const rowsOf: Readonly<Record<Upload['kind'], (client: Client) => number>> = {
  update: ({ data }) => data.train.length,
  'helpful-update': ({ data }) => data.pairs.helpful.train.length,
  'harmless-update': ({ data }) => data.pairs.harmless.train.length,
  'alignment-update': ({ data }) => data.train.length,
};

function uploadOf(world: World, context: ClientContext, kind: Upload['kind'], loss: Upload['loss']): Upload {
  const work = workOf(context.current);
  if (work === null) throw new Error(`${context.id} transmits an update that no download asked for`);
  const compression = compressions[world.scenario.channel.compression];
  const sent = (ref: ParamRef) => world.store.put(compression.roundTrip(world.store.get(ref)));
  const shared = Object.fromEntries(
    sharedParts(world, kind).flatMap((part) => {
      const ref = context.model[part];
      return ref ? [[part, sent(ref)] as const] : [];
    }),
  );
  return {
    kind,
    step: steps[kind],
    ...work,
    shared,
    params: Object.values(shared),
    rows: rowsOf[kind](clientOf(world, context.id)),
    loss,
  };
}
