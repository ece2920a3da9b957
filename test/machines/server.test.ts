import assert from 'node:assert/strict';
import { assign, createActor } from 'xstate';
import type { Upload } from '../../machines/events.js';
import { serverMachine } from '../../machines/server.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';

const ref = { hash: 'base', kind: 'base', tensors: [], parameters: 0, bytes: 0 } as const;
const global = { base: ref, adapters: null, lora: null, helpful: null, harmless: null };

/**
 * A server with a cohort of two, rounds of one second and two rounds a stage; it notes the steps that it
 * enters.
 */
function startServer() {
  const steps: string[] = [];
  const clock = new VirtualClock();
  const machine = serverMachine.provide({
    actions: {
      enterStep: (_, { step }) => void steps.push(step),
      openStage: assign((_, { stage }) => ({ stage, round: 0, verdict: 'continue' as const })),
      openRound: assign(({ context }) => ({
        round: context.round + 1,
        cohort: context.clients,
        unreached: [],
        updates: [],
      })),
      takeUpdate: assign(({ context, event }) =>
        event.type === 'upload.delivered'
          ? { updates: [...context.updates, { from: event.from, upload: event.upload, staleness: 0 }] }
          : {},
      ),
      decide: assign(({ context }) => ({
        verdict: context.round >= 2 ? ('out-of-rounds' as const) : ('continue' as const),
      })),
    },
    guards: {
      isOfThisRound: ({ context, event }) =>
        event.type === 'upload.delivered' && event.upload.round === context.round,
      everyoneAnswered: ({ context }) => context.updates.length === context.cohort.length,
      stageIsOver: ({ context }) => context.verdict !== 'continue',
    },
    delays: { roundDeadline: 1_000 },
  });
  const server = createActor(machine, { clock, input: { clients: ['a', 'b'], global } });
  server.start();
  const upload = (from: string, round: number) =>
    server.send({ type: 'upload.delivered', from, upload: { round } as Upload });
  return { server, clock, steps, upload };
}

describe('the server', () => {
  it('opens the first round right after Step 1.1', () => {
    const { server, steps } = startServer();
    assert.deepEqual(steps, ['1.1']);
    assert.deepEqual(server.getSnapshot().value, { instructionTuning: 'collecting' });
    assert.equal(server.getSnapshot().context.round, 1);
  });

  it('aggregates as soon as the whole cohort has answered', () => {
    const { steps, upload, clock } = startServer();
    upload('a', 1);
    assert.deepEqual(steps, ['1.1']);
    upload('b', 1);
    assert.deepEqual(steps, ['1.1', '1.4', '1.5']);
    assert.equal(clock.nowSeconds, 0);
  });

  it('closes a round at its deadline whoever is missing', async () => {
    const { steps, upload, clock } = startServer();
    upload('a', 1);
    await clock.run({ untilSeconds: 1 });
    assert.deepEqual(steps, ['1.1', '1.4', '1.5']);
  });

  it('leaves an update of another round out of the count', () => {
    const { server, upload } = startServer();
    upload('a', 7);
    upload('b', 1);
    assert.equal(server.getSnapshot().context.updates.length, 1);
  });

  it('goes through all its steps in the order of the paper, even if no client ever answers', async () => {
    const { server, steps, clock } = startServer();
    assert.equal(await clock.run(), 'idle');
    const rounds = (stage: number) => [`${stage}.4`, `${stage}.5`, `${stage}.4`, `${stage}.5`];
    assert.deepEqual(steps, ['1.1', ...rounds(1), '2.1', ...rounds(2), ...rounds(3)]);
    assert.equal(server.getSnapshot().status, 'done');
    assert.equal(clock.nowSeconds, 6);
  });
});
