import { fromPromise, setup, type ErrorActorEvent } from 'xstate';
import type { PerObjective } from '../src/learning/objective.js';
import type { MemoryRef } from '../src/learning/params/memory.js';
import type { ParamRef } from '../src/learning/params/param-set.js';
import type {
  Download,
  Memories,
  Model,
  Request,
  Residuals,
  TensorNames,
  Unsettled,
  Upload,
  WorkOrder,
} from './events.js';
import type { Stage, UploadKind } from './protocol.js';

export interface ClientContext {
  readonly id: string;
  /** Newest download that was not taken up yet. */
  readonly pending: Download | null;
  /** The download that the present round works on. */
  readonly current: Download | null;
  /** Hashes of the parameters that have arrived here. */
  readonly held: readonly string[];
  /** The newest order whose answer the server wanted at once; null before. */
  readonly wanted: WorkOrder | null;
  /** The client's own model: what it shares is replaced by each global model, the rest stays its own. */
  readonly model: Model;
  readonly designed: boolean;
  readonly collected: boolean;
  /** What Step 3.1 froze; null before it. */
  readonly frozen: Frozen | null;
  /** Where its optimizers are, in a stage that keeps that from round to round; null: they start anew. */
  readonly moments: { readonly stage: Stage; readonly memory: MemoryRef } | null;
  /** What a crash leaves of the client's own: as it was when the latest update was handed to the link. */
  readonly saved: Saved;
  /** The model of its first update of each kind, where it is poisoned and replays them. */
  readonly replayed: Readonly<Partial<Record<UploadKind, Model>>>;
  /**
   * What the codec remembers of each part that was sent, and the terms of the method of their work, as of the last
   * update that the server acknowledged.
   */
  readonly memory: Memories;
  /** What the method's terms have learned of the newest work, which it remembers once its update is acknowledged. */
  readonly learned: Memories;
  /** What of its work the server has still to get; what is on its way is not among it. */
  readonly residuals: Residuals;
  /** What updates on their way will make of memory and residuals, by the update's name (decision D12). */
  readonly uncommitted: Readonly<Record<string, Unsettled>>;
}

export type Saved = Pick<ClientContext, 'model' | 'designed' | 'collected' | 'frozen' | 'moments'>;

/** What a client has when the run begins; see the context. */
export type ClientStart = Pick<ClientContext, 'held' | 'model' | 'designed'>;

/**
 * The reference policy, the frozen reward models, their scale on the reference's samples; and what of PPO
 * stays with the client from round to round: the two critics and the KL coefficient.
 */
export interface Frozen {
  /** By part of what is tuned. */
  readonly reference: Readonly<Record<string, ParamRef>>;
  readonly rewardModels: PerObjective<ParamRef>;
  readonly scale: PerObjective<{ readonly mean: number; readonly std: number }>;
  readonly critics: PerObjective<ParamRef>;
  /** The coefficient of the next round's KL penalty. */
  readonly klCoefficient: number;
}

/**
 * What a training task gives back to the client: its new model, its critics and moments where it has them, what its
 * terms will remember, and the loss it reports, null where it had nothing to measure on.
 */
export interface Trained {
  readonly model: Model;
  readonly frozen: Frozen | null;
  readonly moments: ClientContext['moments'];
  readonly learned: Memories;
  readonly loss: number | null;
}

export type ClientEvent =
  | { type: 'download.delivered'; download: Download }
  /** The server wants the answer to an order now. */
  | { type: 'request.delivered'; request: Request }
  /**
   * The link is done with an update; `acknowledged`: the client knows that it arrived; `arrived`: which tensors it knows
   * to have arrived of one that was given up, where the server uses those.
   */
  | { type: 'upload.settled'; upload: Upload; acknowledged: boolean; arrived?: TensorNames }
  /** The device is off; `crashed`: and has lost what it did not save. */
  | { type: 'device.off'; crashed: boolean }
  | { type: 'device.on' }
  | ErrorActorEvent;

/** Stands where src/actors provides the real task; a chart opened by itself never gets past it. */
const task = <Output>() => fromPromise<Output, ClientContext>(() => new Promise<Output>(() => {}));

/**
 * A client: Steps 1.2, 1.3, 2.2, 2.3, 3.1, 3.2 and 3.3. A download that comes while it works waits until the
 * work was transmitted, unless it interrupts it; of several only the newest counts, and it brings a client that
 * missed others up to date. A request ends the work after the step that it is at. A device that goes off drops its work and hears nothing until it is on again.
 */
export const clientMachine = setup({
  types: {
    context: {} as ClientContext,
    events: {} as ClientEvent,
    input: {} as { id: string } & ClientStart,
  },
  actors: {
    tune: task<Trained>(),
    trainRewardModels: task<Trained>(),
    freeze: task<Frozen>(),
    align: task<Trained>(),
  },
  actions: {
    enterStep: (_, _params: { step: string }) => {},
    keepNewest: () => {},
    takeUp: () => {},
    designLora: () => {},
    measureReceived: () => {},
    measureStart: (_, _params: { stage: Stage }) => {},
    collectPreferences: () => {},
    keepTrained: (_, _params: Trained) => {},
    keepFrozen: (_, _params: Frozen) => {},
    transmit: (_, _params: { kind: UploadKind; loss: number | null }) => {},
    commitMemory: () => {},
    dropWork: () => {},
    hasten: () => {},
    crash: (_, _params: { cause: unknown }) => {},
  },
  guards: {
    isInterrupted: () => false,
    hasUsableDownload: () => false,
    hasNoLora: () => false,
    isSilent: () => false,
    opensRound: (_, _params: { stage: Stage }) => false,
    opensRoundUncollected: () => false,
    opensRoundUnfrozen: () => false,
    isOver: () => false,
  },
}).createMachine({
  id: 'client',
  description: 'Trains on its own data and shares only what the method shares',
  context: ({ input }) => {
    const start: Saved = {
      model: input.model,
      designed: input.designed,
      collected: false,
      frozen: null,
      moments: null,
    };
    return {
      id: input.id,
      pending: null,
      current: null,
      held: input.held,
      wanted: null,
      ...start,
      saved: start,
      replayed: {},
      memory: {},
      learned: {},
      residuals: {},
      uncommitted: {},
    };
  },
  on: {
    'download.delivered': [
      { guard: 'isInterrupted', target: '.waiting', actions: 'keepNewest' },
      { actions: 'keepNewest' },
    ],
    'request.delivered': { actions: 'hasten' },
    'upload.settled': { actions: 'commitMemory' },
    'device.off': { target: '.offline', actions: 'dropWork' },
    'xstate.error.actor.*': {
      target: '.crashed',
      actions: { type: 'crash', params: ({ event }) => ({ cause: event.error }) },
    },
  },
  initial: 'waiting',
  states: {
    waiting: {
      id: 'waiting',
      description:
        'Waits for a download of Step 1.1, 1.4, 2.1, 2.4 or 3.4 that comes with, or builds on, all it needs',
      always: { guard: 'hasUsableDownload', target: 'receiving' },
    },
    offline: {
      id: 'offline',
      description: 'The device is off, or has crashed: nothing that arrives is heard',
      on: { 'download.delivered': {}, 'request.delivered': {}, 'device.on': 'waiting' },
    },
    receiving: {
      id: 'receiving',
      description: 'Takes up the global model and does what the download asks for',
      entry: ['takeUp', 'measureReceived'],
      always: [{ guard: 'hasNoLora', target: 'instructionTuning.designing' }, { target: 'routing' }],
    },
    routing: {
      id: 'routing',
      description: 'The order that the download carries names the next step',
      always: [
        { guard: 'isOver', target: 'done' },
        { guard: 'isSilent', target: 'waiting' },
        { guard: { type: 'opensRound', params: { stage: 'instruction' } }, target: '#step-1-3' },
        { guard: 'opensRoundUncollected', target: '#step-2-2' },
        { guard: { type: 'opensRound', params: { stage: 'reward' } }, target: '#step-2-3' },
        { guard: 'opensRoundUnfrozen', target: '#step-3-1' },
        { guard: { type: 'opensRound', params: { stage: 'alignment' } }, target: '#step-3-2' },
        { target: 'waiting' },
      ],
    },
    instructionTuning: {
      description: 'Step 1: federated instruction tuning',
      initial: 'designing',
      states: {
        designing: {
          id: 'step-1-2',
          description: 'Step 1.2: take the global LLM, design LoRA from data volume and device',
          entry: [
            { type: 'enterStep', params: { step: '1.2' } },
            'designLora',
            { type: 'measureStart', params: { stage: 'instruction' } },
          ],
          always: '#routing',
        },
        tuning: {
          id: 'step-1-3',
          description:
            'Step 1.3: tune adapters and LoRA on local instructions, transmit what the method shares',
          entry: { type: 'enterStep', params: { step: '1.3' } },
          invoke: {
            src: 'tune',
            input: ({ context }) => context,
            onDone: {
              target: '#waiting',
              actions: [
                { type: 'keepTrained', params: ({ event }) => event.output },
                { type: 'transmit', params: ({ event }) => ({ kind: 'update', loss: event.output.loss }) },
              ],
            },
          },
        },
      },
    },
    rewardLearning: {
      description: 'Step 2: federated reward learning',
      initial: 'collecting',
      states: {
        collecting: {
          id: 'step-2-2',
          description: 'Step 2.2: collect helpfulness and harmlessness preferences separately',
          entry: [
            { type: 'enterStep', params: { step: '2.2' } },
            'collectPreferences',
            { type: 'measureStart', params: { stage: 'reward' } },
          ],
          always: 'training',
        },
        training: {
          id: 'step-2-3',
          description: 'Step 2.3: train the reward models on the preferences, transmit each by itself',
          entry: { type: 'enterStep', params: { step: '2.3' } },
          invoke: {
            src: 'trainRewardModels',
            input: ({ context }) => context,
            onDone: {
              target: '#waiting',
              actions: [
                { type: 'keepTrained', params: ({ event }) => event.output },
                {
                  type: 'transmit',
                  params: ({ event }) => ({ kind: 'helpful-update', loss: event.output.loss }),
                },
                {
                  type: 'transmit',
                  params: ({ event }) => ({ kind: 'harmless-update', loss: event.output.loss }),
                },
              ],
            },
          },
        },
      },
    },
    alignmentTuning: {
      description: 'Step 3: federated alignment tuning',
      initial: 'freezing',
      states: {
        freezing: {
          id: 'step-3-1',
          description: 'Step 3.1: freeze the reward models, start two critics',
          entry: { type: 'enterStep', params: { step: '3.1' } },
          invoke: {
            src: 'freeze',
            input: ({ context }) => context,
            onDone: {
              target: 'combining',
              actions: [
                { type: 'keepFrozen', params: ({ event }) => event.output },
                { type: 'measureStart', params: { stage: 'alignment' } },
              ],
            },
          },
        },
        combining: {
          id: 'step-3-2',
          description: 'Step 3.2: combine rewards and values by the client’s own weights',
          entry: { type: 'enterStep', params: { step: '3.2' } },
          always: 'aligning',
        },
        aligning: {
          id: 'step-3-3',
          description:
            'Step 3.3: PPO on adapters and LoRA, update the critics, transmit what the method shares',
          entry: { type: 'enterStep', params: { step: '3.3' } },
          invoke: {
            src: 'align',
            input: ({ context }) => context,
            onDone: {
              target: '#waiting',
              actions: [
                { type: 'keepTrained', params: ({ event }) => event.output },
                {
                  type: 'transmit',
                  params: ({ event }) => ({ kind: 'alignment-update', loss: event.output.loss }),
                },
              ],
            },
          },
        },
      },
    },
    done: {
      id: 'done',
      type: 'final',
      description: 'The last global model of the last stage has arrived',
    },
    crashed: { id: 'crashed', description: 'A task of this client failed; the simulation ends the run' },
  },
});
