import { setup } from 'xstate';
import type { Download, GlobalModel, Stage, Upload, Verdict } from './events.js';

export interface ServerContext {
  /** Every client of the run, in a fixed order. */
  readonly clients: readonly string[];
  readonly stage: Stage;
  readonly round: number;
  /** Who takes part in this round. */
  readonly cohort: readonly string[];
  /** Members of the cohort that the round's download, or one of its two, did not reach. */
  readonly unreached: readonly string[];
  readonly updates: readonly ReceivedUpdate[];
  /** What came in from each client, as "kind round": a copy of it is not counted again, however late. */
  readonly received: Readonly<Record<string, readonly string[]>>;
  /**
   * Updates that came in during this round and after their own was closed, as "client stage round": the two
   * of a client's reward models are one.
   */
  readonly late: readonly string[];
  readonly global: GlobalModel;
  /** Hashes of the parameters that each client holds, as far as the link layer's acknowledgements tell. */
  readonly holdings: Readonly<Record<string, readonly string[]>>;
  readonly openedAtSeconds: number;
  /** Mean reported loss of the round; null in a lost round, or where no client could measure one. */
  readonly loss: number | null;
  /** Lowest loss of the stage, and for how many rounds it has not been improved on. */
  readonly bestLoss: number | null;
  readonly roundsWithoutProgress: number;
  readonly verdict: Verdict;
  readonly verdicts: Verdicts;
}

/** What was decided of each stage so far. */
export type Verdicts = Readonly<Partial<Record<Stage, Verdict>>>;

export interface ReceivedUpdate {
  readonly from: string;
  readonly upload: Upload;
  /** Rounds between the one it was made in and the one it arrived in. */
  readonly staleness: number;
}

export type ServerEvent =
  | { type: 'upload.delivered'; from: string; upload: Upload }
  | { type: 'download.dropped'; to: string; download: Download };

/**
 * The server: Steps 1.1, 1.4, 1.5, 2.1, 2.4, 2.5, 3.4 and 3.5. A round closes when its cohort has answered or
 * is late.
 */
export const serverMachine = setup({
  types: {
    context: {} as ServerContext,
    events: {} as ServerEvent,
    input: {} as { clients: readonly string[]; global: GlobalModel },
    output: {} as Verdicts,
  },
  actions: {
    enterStep: (_, _params: { step: string }) => {},
    insertAdapters: () => {},
    designRewardModels: () => {},
    openStage: (_, _params: { stage: Stage }) => {},
    send: (_, _params: { kind: Download['kind']; step: Download['step'] }) => {},
    openRound: () => {},
    takeUpdate: () => {},
    takeLateUpdate: () => {},
    discardUpdate: () => {},
    noteReceived: () => {},
    ignoreCopy: () => {},
    noteUnreached: () => {},
    aggregate: () => {},
    decide: () => {},
    closeRound: () => {},
  },
  guards: {
    isCopy: () => false,
    isOfThisRound: () => false,
    isLateButWelcome: () => false,
    everyoneAnswered: () => false,
    stageIsOver: () => false,
  },
  delays: { roundDeadline: 1_000 },
}).createMachine({
  id: 'server',
  description: 'Aggregates what clients share, round by round, through the three stages',
  context: ({ input }) => ({
    clients: input.clients,
    stage: 'instruction',
    round: 0,
    cohort: [],
    unreached: [],
    updates: [],
    received: {},
    late: [],
    global: input.global,
    holdings: {},
    openedAtSeconds: 0,
    loss: null,
    bestLoss: null,
    roundsWithoutProgress: 0,
    verdict: 'continue',
    verdicts: {},
  }),
  output: ({ context }) => context.verdicts,
  on: {
    'upload.delivered': { actions: 'discardUpdate' },
    'download.dropped': { actions: 'noteUnreached' },
  },
  initial: 'initializing',
  states: {
    initializing: {
      id: 'step-1-1',
      description: 'Step 1.1: load the pre-trained LLM, insert adapters, send the model',
      entry: [
        { type: 'openStage', params: { stage: 'instruction' } },
        { type: 'enterStep', params: { step: '1.1' } },
        'insertAdapters',
        { type: 'send', params: { kind: 'model', step: '1.1' } },
      ],
      always: 'instructionTuning',
    },
    instructionTuning: {
      description: 'Step 1: federated instruction tuning',
      initial: 'collecting',
      states: {
        collecting: {
          id: 'collecting-1-3',
          description: 'Clients are at Steps 1.2 and 1.3; wait for their updates, for the deadline at most',
          entry: 'openRound',
          on: {
            'upload.delivered': [
              { guard: 'isCopy', actions: 'ignoreCopy' },
              { guard: 'isOfThisRound', actions: ['takeUpdate', 'noteReceived'] },
              { guard: 'isLateButWelcome', actions: ['takeLateUpdate', 'noteReceived'] },
              { actions: ['discardUpdate', 'noteReceived'] },
            ],
          },
          always: { guard: 'everyoneAnswered', target: 'aggregating' },
          after: { roundDeadline: 'aggregating' },
        },
        aggregating: {
          id: 'step-1-4',
          description: 'Step 1.4: aggregate (with a quorum; else the round is lost), send back',
          entry: [
            { type: 'enterStep', params: { step: '1.4' } },
            'aggregate',
            'decide',
            { type: 'send', params: { kind: 'global', step: '1.4' } },
          ],
          always: 'deciding',
        },
        deciding: {
          id: 'step-1-5',
          description: 'Step 1.5: converged or out of rounds, or the next round',
          entry: [{ type: 'enterStep', params: { step: '1.5' } }, 'closeRound'],
          always: [{ guard: 'stageIsOver', target: '#step-2-1' }, { target: 'collecting' }],
        },
      },
    },
    designingRewardModels: {
      id: 'step-2-1',
      description: 'Step 2.1: design the reward models, send them, each as a message of its own',
      entry: [
        { type: 'openStage', params: { stage: 'reward' } },
        { type: 'enterStep', params: { step: '2.1' } },
        'designRewardModels',
        { type: 'send', params: { kind: 'helpful-model', step: '2.1' } },
        { type: 'send', params: { kind: 'harmless-model', step: '2.1' } },
      ],
      always: 'rewardLearning',
    },
    rewardLearning: {
      description: 'Step 2: federated reward learning',
      initial: 'collecting',
      states: {
        collecting: {
          id: 'collecting-2-3',
          description: 'Clients are at Steps 2.2 and 2.3; wait for their updates, for the deadline at most',
          entry: 'openRound',
          on: {
            'upload.delivered': [
              { guard: 'isCopy', actions: 'ignoreCopy' },
              { guard: 'isOfThisRound', actions: ['takeUpdate', 'noteReceived'] },
              { guard: 'isLateButWelcome', actions: ['takeLateUpdate', 'noteReceived'] },
              { actions: ['discardUpdate', 'noteReceived'] },
            ],
          },
          always: { guard: 'everyoneAnswered', target: 'aggregating' },
          after: { roundDeadline: 'aggregating' },
        },
        aggregating: {
          id: 'step-2-4',
          description:
            'Step 2.4: aggregate each reward model (with a quorum of its own; else it stays), send both back',
          entry: [
            { type: 'enterStep', params: { step: '2.4' } },
            'aggregate',
            'decide',
            { type: 'send', params: { kind: 'helpful-global', step: '2.4' } },
            { type: 'send', params: { kind: 'harmless-global', step: '2.4' } },
          ],
          always: 'deciding',
        },
        deciding: {
          id: 'step-2-5',
          description: 'Step 2.5: converged or out of rounds, or the next round',
          entry: [{ type: 'enterStep', params: { step: '2.5' } }, 'closeRound'],
          always: [{ guard: 'stageIsOver', target: '#alignment-tuning' }, { target: 'collecting' }],
        },
      },
    },
    alignmentTuning: {
      id: 'alignment-tuning',
      description: 'Step 3: federated alignment tuning; the last messages of Step 2.4 have opened it',
      entry: { type: 'openStage', params: { stage: 'alignment' } },
      initial: 'collecting',
      states: {
        collecting: {
          id: 'collecting-3-3',
          description: 'Clients are at Steps 3.1 to 3.3; wait for their updates, for the deadline at most',
          entry: 'openRound',
          on: {
            'upload.delivered': [
              { guard: 'isCopy', actions: 'ignoreCopy' },
              { guard: 'isOfThisRound', actions: ['takeUpdate', 'noteReceived'] },
              { guard: 'isLateButWelcome', actions: ['takeLateUpdate', 'noteReceived'] },
              { actions: ['discardUpdate', 'noteReceived'] },
            ],
          },
          always: { guard: 'everyoneAnswered', target: 'aggregating' },
          after: { roundDeadline: 'aggregating' },
        },
        aggregating: {
          id: 'step-3-4',
          description: 'Step 3.4: aggregate, send back',
          entry: [
            { type: 'enterStep', params: { step: '3.4' } },
            'aggregate',
            'decide',
            { type: 'send', params: { kind: 'alignment-global', step: '3.4' } },
          ],
          always: 'deciding',
        },
        deciding: {
          id: 'step-3-5',
          description: 'Step 3.5: converged or out of rounds, or the next round',
          entry: [{ type: 'enterStep', params: { step: '3.5' } }, 'closeRound'],
          always: [{ guard: 'stageIsOver', target: '#finished' }, { target: 'collecting' }],
        },
      },
    },
    finished: { id: 'finished', type: 'final', description: 'All three stages are over' },
  },
});
