import { assign, setup } from 'xstate';
import { airMachine } from './air.js';
import { cellMachine } from './cell.js';
import { channelMachine } from './channel.js';
import { clientMachine } from './client.js';
import type { Model } from './events.js';
import type { RewardPart, Stage } from './protocol.js';
import { serverMachine, type Verdicts } from './server.js';

export interface SimulationContext {
  readonly clients: readonly string[];
  readonly global: Model;
  /** The first of the run. */
  readonly stage: Stage;
  /** The reward models that the method has. */
  readonly rewards: readonly RewardPart[];
  readonly verdicts: Verdicts;
  readonly cause: string | null;
}

export type SimulationEvent =
  | { type: 'clock.idle' }
  | { type: 'clock.horizon' }
  | { type: 'clock.stuck' }
  | { type: 'interrupt' }
  | { type: 'stop' }
  | { type: 'crash'; cause: string };

/** The run: spawns server and clients, and knows every way in which a run can end. */
export const simulationMachine = setup({
  types: {
    context: {} as SimulationContext,
    events: {} as SimulationEvent,
    input: {} as Pick<SimulationContext, 'clients' | 'global' | 'stage' | 'rewards'>,
  },
  actors: {
    server: serverMachine,
    client: clientMachine,
    channel: channelMachine,
    cell: cellMachine,
    air: airMachine,
  },
  actions: {
    spawnClientsAndLinks: () => {},
    stopClientsAndLinks: () => {},
    keepCause: assign((_, params: { cause: string }) => ({ cause: params.cause })),
  },
}).createMachine({
  id: 'simulation',
  description: 'One server, its clients and their links, from the first step of the run to the end',
  context: ({ input }) => ({ ...input, verdicts: {}, cause: null }),
  on: {
    interrupt: '.interrupted',
    stop: '.stopped',
    crash: {
      target: '.failed',
      actions: { type: 'keepCause', params: ({ event }) => ({ cause: event.cause }) },
    },
  },
  exit: 'stopClientsAndLinks',
  initial: 'running',
  states: {
    running: {
      description: 'The server leads through the stages of the run',
      entry: 'spawnClientsAndLinks',
      invoke: {
        src: 'server',
        id: 'server',
        systemId: 'server',
        input: ({ context: { clients, global, stage, rewards } }) => ({ clients, global, stage, rewards }),
        onDone: {
          target: 'draining',
          actions: assign(({ event }) => ({ verdicts: event.output })),
        },
      },
      on: { 'clock.idle': 'deadlocked', 'clock.stuck': 'livelocked', 'clock.horizon': 'outOfTime' },
    },
    draining: {
      description: 'The server has finished; messages and tasks still under way come to their end',
      on: { 'clock.idle': 'finished', 'clock.stuck': 'livelocked', 'clock.horizon': 'finished' },
    },
    finished: { type: 'final', description: 'All stages are over: converged, or at their round limit' },
    outOfTime: { type: 'final', description: 'The scenario’s limit of virtual time was reached' },
    deadlocked: { type: 'final', description: 'Nothing is due any more, and the server still waits' },
    livelocked: { type: 'final', description: 'Events go round in no time' },
    interrupted: { type: 'final', description: 'The user stopped the run' },
    stopped: { type: 'final', description: 'The scenario’s script ended the run' },
    failed: { type: 'final', description: 'An actor, a task or a worker crashed' },
  },
});
