import assert from 'node:assert/strict';
import { assign, createActor, fromPromise } from 'xstate';
import type { Upload } from '../../machines/events.js';
import { rewardParts } from '../../machines/protocol.js';
import { serverMachine, type Aggregated, type ServerContext } from '../../machines/server.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';

const ref = { hash: 'base', kind: 'base', tensors: [], parameters: 0, bytes: 0 } as const;
const global = { base: ref, adapters: null, lora: null, helpful: null, harmless: null };

/** A server with a cohort of two, rounds of one second and two rounds per stage; it notes the steps that it enters. */
function startServer(
  last: ServerContext['stage'] = 'alignment',
  first: ServerContext['stage'] = 'instruction',
) {
  const steps: string[] = [];
  const clock = new VirtualClock();
  const machine = serverMachine.provide({
    actors: {
      aggregate: fromPromise<Aggregated, ServerContext>(({ input: { memory } }) =>
        Promise.resolve({ parts: {}, memory }),
      ),
    },
    actions: {
      enterStep: (_, { step }) => void steps.push(step),
      openStage: assign((_, { stage }) => ({ stage, version: 0, verdict: 'continue' as const })),
      invite: assign(({ context }) => ({ cohort: context.clients })),
      takeUpdate: assign(({ context, event }) =>
        event.type === 'upload.delivered'
          ? { updates: [...context.updates, { from: event.from, upload: event.upload }] }
          : {},
      ),
      gather: assign(({ context }) => ({ updates: [], version: context.version + 1 })),
      decide: assign(({ context }) => ({
        verdict: context.version >= 2 ? ('out-of-rounds' as const) : ('continue' as const),
      })),
    },
    guards: {
      beginsWith: ({ context }, { stage }) => context.stage === stage,
      isAdmitted: ({ context, event }) =>
        event.type === 'upload.delivered' && event.upload.answers.version === context.version,
      isDue: ({ context }) => context.updates.length === context.cohort.length,
      stageIsOver: ({ context }) => context.verdict !== 'continue',
      runIsOver: ({ context }) => context.verdict !== 'continue' && context.stage === last,
    },
    delays: { deadline: 1_000 },
  });
  const server = createActor(machine, {
    clock,
    input: { clients: ['a', 'b'], global, stage: first, rewards: rewardParts },
  });
  server.start();
  const upload = (from: string, version: number) =>
    server.send({ type: 'upload.delivered', from, upload: { answers: { version } } as Upload });
  return { server, clock, steps, upload };
}

describe('the server', () => {
  it('opens the first round right after Step 1.1', () => {
    const { server, steps } = startServer();
    assert.deepEqual(steps, ['1.1']);
    assert.deepEqual(server.getSnapshot().value, { instructionTuning: 'collecting' });
    assert.equal(server.getSnapshot().context.version, 0);
  });

  it('aggregates as soon as the whole cohort has answered', async () => {
    const { steps, upload, clock } = startServer();
    upload('a', 0);
    assert.deepEqual(steps, ['1.1']);
    upload('b', 0);
    assert.deepEqual(steps, ['1.1', '1.4']);
    await clock.run({ untilSeconds: 0.5 });
    assert.deepEqual(steps, ['1.1', '1.4', '1.5']);
  });

  it('closes a round at its deadline whoever is missing', async () => {
    const { steps, upload, clock } = startServer();
    upload('a', 0);
    await clock.run({ untilSeconds: 1.5 });
    assert.deepEqual(steps, ['1.1', '1.4', '1.5']);
  });

  it('ends in a state of its own where an aggregation fails', async () => {
    const causes: unknown[] = [];
    const machine = serverMachine.provide({
      actors: {
        aggregate: fromPromise<Aggregated, ServerContext>(() => Promise.reject(new Error('out of memory'))),
      },
      actions: { crash: (_, { cause }) => void causes.push((cause as Error).message) },
      guards: { isDue: () => true },
    });
    const server = createActor(machine, {
      input: { clients: ['a'], global, stage: 'instruction', rewards: rewardParts },
    }).start();
    await new Promise(setImmediate);
    assert.deepEqual([server.getSnapshot().value, causes], ['crashed', ['out of memory']]);
  });

  it('leaves an update of another round out of the count', () => {
    const { server, upload } = startServer();
    upload('a', 7);
    upload('b', 0);
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

  for (const [last, expected] of [
    ['instruction', ['1.1', '1.4', '1.5', '1.4', '1.5']],
    ['reward', ['1.1', '1.4', '1.5', '1.4', '1.5', '2.1', '2.4', '2.5', '2.4', '2.5']],
  ] as const) {
    it(`has finished once the last stage of the run is over: ${last}`, async () => {
      const { server, steps, clock } = startServer(last);
      assert.equal(await clock.run(), 'idle');
      assert.deepEqual(steps, expected);
      assert.equal(server.getSnapshot().value, 'finished');
    });
  }

  for (const [first, expected] of [
    ['reward', ['2.1', '2.4', '2.5', '2.4', '2.5', '3.4', '3.5', '3.4', '3.5']],
    ['alignment', ['3.4', '3.5', '3.4', '3.5']],
  ] as const) {
    it(`begins with the first step of the first stage of the run: ${first}`, async () => {
      const { server, steps, clock } = startServer('alignment', first);
      assert.equal(await clock.run(), 'idle');
      assert.deepEqual(steps, expected);
      assert.equal(server.getSnapshot().value, 'finished');
    });
  }
});
