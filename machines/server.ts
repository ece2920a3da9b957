import { fromPromise, setup, type ErrorActorEvent } from 'xstate';
import type { Appended } from '../src/appended.js';
import type { KeyedList } from '../src/keyed-list.js';
import type { ParamRef } from '../src/learning/params/param-set.js';
import type { Download, Memories, Model, Request, Residuals, Upload, Verdict, WorkOrder } from './events.js';
import type { MessageStep, RewardPart, Stage } from './protocol.js';

export interface ServerContext {
  /** Every client of the run, in a fixed order. */
  readonly clients: readonly string[];
  /** The reward models that the method has. */
  readonly rewards: readonly RewardPart[];
  readonly stage: Stage;
  /**
   * Version of the stage's global model: how many rounds were closed. A round makes version `version` + 1.
   */
  readonly version: number;
  /** Virtual time at which each version of the stage was there, by version. */
  readonly madeAtSeconds: Appended<number>;
  readonly global: Model;
  /** Who was asked to work on this version. */
  readonly cohort: readonly string[];
  /** Those of them who are asked now: the next downloads go to them. */
  readonly asked: readonly string[];
  /** Those of these who are to drop what they work on. */
  readonly reset: readonly string[];
  /** Orders whose answers are wanted at once, by client; a lost request is repeated as the next version opens. */
  readonly urged: Readonly<Record<string, WorkOrder>>;
  /** What it knows of each, in the same order. */
  readonly members: KeyedList<Member>;
  /** Updates at hand that no aggregate has used. */
  readonly updates: readonly ReceivedUpdate[];
  /** Those that the latest aggregate was made of. */
  readonly gathered: readonly GatheredUpdate[];
  /** Clients whose updates it left at hand. */
  readonly left: readonly string[];
  /**
   * Orders of a round closed before whose answers came in during this one, as "client stage version order".
   */
  readonly late: readonly string[];
  /** What the strategies remember from version to version. */
  readonly memory: ServerMemory;
  readonly openedAtSeconds: number;
  /** Whether the round was closed by its deadline, before the discipline found its aggregate due. */
  readonly atDeadline: boolean;
  /** Mean reported loss of the round; null in a lost round, or where no client could measure one. */
  readonly loss: number | null;
  /** Lowest loss of the stage, and for how many rounds it has not been improved on. */
  readonly bestLoss: number | null;
  readonly roundsWithoutProgress: number;
  readonly verdict: Verdict;
  readonly verdicts: Verdicts;
}

/** What the server knows of a client. */
export interface Member {
  /** Hashes of the parameters that it holds, as far as the link layer's acknowledgements tell. */
  readonly holdings: readonly string[];
  /** Those whose arrival it has acknowledged; looked after where changes travel to it. */
  readonly acknowledged: readonly string[];
  /** Its newest order; null before the first. */
  readonly order: WorkOrder | null;
  readonly orderedAtSeconds: number;
  /** Whether a download with that order was given up. */
  readonly unreached: boolean;
  /**
   * Where it is, as far as the server knows; away: a download was given up because it is off; returned: it was
   * away, is back, and was not asked since.
   */
  readonly presence: 'here' | 'away' | 'returned';
  /** The order whose answer cannot be used: it was rejected, or nothing whole of it came. Null before the first. */
  readonly unusable: WorkOrder | null;
  /** Whether that order was counted among its failures. */
  readonly failed: boolean;
  /** The order whose answer it was last asked for at once; null before, and where that request was lost. */
  readonly urged: WorkOrder | null;
  /** Names of the updates that came in: a copy of one is not counted again, however late. */
  readonly receipts: readonly string[];
  readonly history: History;
}

/** How a client has done so far in the present stage. */
export interface History {
  /** The newest version that it gave an update for; null without any. */
  readonly version: number | null;
  /** The loss that it reported last; null without any. */
  readonly loss: number | null;
  /** From its newest order to the arrival of its newest update; null without any. */
  readonly seconds: number | null;
  /** What it gave updates for, one of each version, in the order in which they came. */
  readonly reports: readonly Report[];
  /** Orders that it was given, and what each was for. */
  readonly orders: number;
  readonly asked: readonly Asked[];
  /** Orders that it had not answered at the deadline, or when it was given the next one, or with nothing of use. */
  readonly failures: number;
}

/** An update that came in: for which version, with which loss, and after how many seconds from its order. */
export interface Report {
  readonly version: number;
  readonly loss: number | null;
  readonly seconds: number;
}

/** An order: to work on which version, and the mean SNR of the client's uplink in dB as it was given. */
export interface Asked {
  readonly version: number;
  readonly uplinkSnrDb: number;
}

/** Memories of the strategies, by the part of the model that they are about. */
export interface ServerMemory {
  /** Of the present stage: what was learned of one objective says nothing of the next. */
  readonly aggregation: Memories;
  readonly codec: Memories;
  /** What the codecs have left out of the global model, and it has still to take up. */
  readonly residuals: Residuals;
}

/** What was decided of each stage so far. */
export type Verdicts = Readonly<Partial<Record<Stage, Verdict>>>;

export interface ReceivedUpdate {
  readonly from: string;
  readonly upload: Upload;
}

export interface GatheredUpdate extends ReceivedUpdate {
  /** Versions between the one it was made from and the one that its aggregate replaces. */
  readonly staleness: number;
}

/** What aggregation gives: the parts that it made anew. */
export interface Aggregated {
  readonly parts: Readonly<Record<string, ParamRef>>;
  readonly memory: ServerMemory;
}

export type ServerEvent =
  /** `inPart`: its link gave it up, and some of its tensors are whole. */
  | { type: 'upload.delivered'; from: string; upload: Upload; inPart?: boolean }
  /** Its link gave it up, and nothing of it is whole; told where parts are used (`server.partial`). */
  | { type: 'upload.unusable'; from: string; upload: Upload }
  /** Its client has acknowledged a download; told where changes travel. */
  | { type: 'download.acknowledged'; to: string; download: Download }
  /** The link gave a download up; `away`: because its client is off. */
  | { type: 'download.dropped'; to: string; download: Download; away: boolean }
  /** It gave a request up. */
  | { type: 'request.dropped'; to: string; request: Request; away: boolean }
  /**
   * A client is on again, with the parameters of these hashes. Its link layer says so as it connects; like an
   * acknowledgement that takes no time and no bits.
   */
  | { type: 'client.returned'; client: string; held: readonly string[] }
  | ErrorActorEvent;

const server = setup({
  types: {
    context: {} as ServerContext,
    events: {} as ServerEvent,
    input: {} as Pick<ServerContext, 'clients' | 'global' | 'stage' | 'rewards'>,
    output: {} as Verdicts,
  },
  actors: {
    /** Stands where src/actors provides the real task; a chart opened by itself never gets past it. */
    aggregate: fromPromise<Aggregated, ServerContext>(() => new Promise<Aggregated>(() => {})),
  },
  actions: {
    enterStep: (_, _params: { step: string }) => {},
    insertAdapters: () => {},
    designRewardModels: () => {},
    openStage: (_, _params: { stage: Stage }) => {},
    invite: () => {},
    inviteMore: () => {},
    send: (_, _params: { step: MessageStep }) => {},
    openRound: () => {},
    noteDeadline: () => {},
    takeUpdate: () => {},
    discardUpdate: () => {},
    rejectUpdate: () => {},
    noteUnusable: () => {},
    ignoreCopy: () => {},
    noteHeld: () => {},
    noteUnreached: () => {},
    noteUnheard: () => {},
    noteReturn: () => {},
    gather: () => {},
    publish: (_, _params: Aggregated) => {},
    decide: () => {},
    closeRound: () => {},
    crash: (_, _params: { cause: unknown }) => {},
  },
  guards: {
    beginsWith: (_, _params: { stage: Stage }) => false,
    isCopy: () => false,
    isAdmitted: () => false,
    isRejected: () => false,
    isDue: () => false,
    hasMoreToAsk: () => false,
    stageIsOver: () => false,
    runIsOver: () => false,
  },
  delays: { deadline: 1_000 },
});

/**
 * The rounds of a stage: the same states whatever the discipline, until Step x.5 finds the stage over. `next` is the
 * stage that may follow; the run is over with the last.
 */
function rounds<Number extends '1' | '2' | '3'>(stage: Number, clients: string, next: string | null) {
  return server.createStateConfig({
    initial: 'collecting',
    states: {
      collecting: {
        id: `collecting-${stage}-3`,
        description: `Clients are at ${clients}; wait for updates until an aggregate is due, for the deadline at most`,
        entry: 'openRound',
        always: [
          { guard: 'isDue', target: 'aggregating' },
          {
            guard: 'hasMoreToAsk',
            actions: ['inviteMore', { type: 'send', params: { step: `${stage}.4` } }],
          },
        ],
        after: { deadline: { target: 'aggregating', actions: 'noteDeadline' } },
      },
      aggregating: {
        id: `step-${stage}-4`,
        description: `Step ${stage}.4: aggregate each part (with a quorum of its own; else it stays)`,
        entry: ['gather', { type: 'enterStep', params: { step: `${stage}.4` } }],
        invoke: {
          src: 'aggregate',
          input: ({ context }) => context,
          onDone: {
            target: 'deciding',
            actions: { type: 'publish', params: ({ event }) => event.output },
          },
        },
      },
      deciding: {
        id: `step-${stage}-5`,
        description: `Step ${stage}.5: converged, out of rounds, or the next round; send the model back`,
        entry: [
          { type: 'enterStep', params: { step: `${stage}.5` } },
          'decide',
          'closeRound',
          'invite',
          { type: 'send', params: { step: `${stage}.4` } },
        ],
        always: [
          { guard: 'runIsOver', target: '#finished' },
          ...(next === null ? [] : [{ guard: 'stageIsOver' as const, target: next }]),
          { target: 'collecting' },
        ],
      },
    },
  });
}

/**
 * The server: Steps 1.1, 1.4, 1.5, 2.1, 2.4, 2.5, 3.4 and 3.5. An aggregate is made when the discipline says
 * that it is due, or at the deadline.
 */
export const serverMachine = server.createMachine({
  id: 'server',
  description: 'Aggregates what clients share, version by version, through the stages of the run',
  context: ({ input }) => ({
    clients: input.clients,
    rewards: input.rewards,
    stage: input.stage,
    version: 0,
    madeAtSeconds: { blocks: [], last: [] },
    global: input.global,
    cohort: [],
    asked: [],
    reset: [],
    urged: {},
    members: { keys: [], places: new Map(), root: { below: 1, values: [] } },
    updates: [],
    gathered: [],
    left: [],
    late: [],
    memory: { aggregation: {}, codec: {}, residuals: {} },
    openedAtSeconds: 0,
    atDeadline: false,
    loss: null,
    bestLoss: null,
    roundsWithoutProgress: 0,
    verdict: 'continue',
    verdicts: {},
  }),
  output: ({ context }) => context.verdicts,
  on: {
    'upload.delivered': [
      { guard: 'isCopy', actions: 'ignoreCopy' },
      { guard: 'isRejected', actions: 'rejectUpdate' },
      { guard: 'isAdmitted', actions: 'takeUpdate' },
      { actions: 'discardUpdate' },
    ],
    'upload.unusable': { actions: 'noteUnusable' },
    'download.acknowledged': { actions: 'noteHeld' },
    'download.dropped': { actions: 'noteUnreached' },
    'request.dropped': { actions: 'noteUnheard' },
    'client.returned': { actions: 'noteReturn' },
    'xstate.error.actor.*': {
      target: '.crashed',
      actions: { type: 'crash', params: ({ event }) => ({ cause: event.error }) },
    },
  },
  initial: 'beginning',
  states: {
    beginning: {
      description: 'A run begins with Step 1.1, or with the first step of the first stage that it has',
      always: [
        { guard: { type: 'beginsWith', params: { stage: 'reward' } }, target: '#step-2-1' },
        { guard: { type: 'beginsWith', params: { stage: 'alignment' } }, target: 'beginningAlignment' },
        { target: 'initializing' },
      ],
    },
    initializing: {
      id: 'step-1-1',
      description:
        'Step 1.1: load the pre-trained LLM, insert adapters and what LoRA is shared, send the model',
      entry: [
        { type: 'openStage', params: { stage: 'instruction' } },
        { type: 'enterStep', params: { step: '1.1' } },
        'insertAdapters',
        'invite',
        { type: 'send', params: { step: '1.1' } },
      ],
      always: 'instructionTuning',
    },
    instructionTuning: {
      description: 'Step 1: federated instruction tuning',
      ...rounds('1', 'Steps 1.2 and 1.3', '#step-2-1'),
    },
    designingRewardModels: {
      id: 'step-2-1',
      description: 'Step 2.1: design the reward models, send them, each as a message of its own',
      entry: [
        { type: 'openStage', params: { stage: 'reward' } },
        { type: 'enterStep', params: { step: '2.1' } },
        'designRewardModels',
        'invite',
        { type: 'send', params: { step: '2.1' } },
      ],
      always: 'rewardLearning',
    },
    rewardLearning: {
      description: 'Step 2: federated reward learning',
      ...rounds('2', 'Steps 2.2 and 2.3', '#alignment-tuning'),
    },
    beginningAlignment: {
      description:
        'A run that begins with Step 3 has no Step 2.4 whose downloads bring the first orders: version 0 of ' +
        'the model of Step 3.4 brings them',
      entry: [
        { type: 'openStage', params: { stage: 'alignment' } },
        'invite',
        { type: 'send', params: { step: '3.4' } },
      ],
      always: 'alignmentTuning',
    },
    alignmentTuning: {
      id: 'alignment-tuning',
      description: 'Step 3: federated alignment tuning; the orders of its first round came before it',
      entry: { type: 'openStage', params: { stage: 'alignment' } },
      ...rounds('3', 'Steps 3.1 to 3.3', null),
    },
    finished: { id: 'finished', type: 'final', description: 'The last stage of the run is over' },
    crashed: { id: 'crashed', description: 'An aggregation failed; the simulation ends the run' },
  },
});
