import assert from 'node:assert/strict';
import { setTimeout as realSeconds } from 'node:timers/promises';
import fc from 'fast-check';
import { assign, createActor, fromPromise, setup } from 'xstate';
import { VirtualClock, type Outcome } from '../../../src/simulation/clock/virtual-clock.js';

describe('VirtualClock', () => {
  it('runs events at their own times, in order of time', async () => {
    const clock = new VirtualClock();
    const log: [string, number][] = [];
    for (const delaySeconds of [3, 1, 2]) {
      clock.at(delaySeconds, () => log.push([`after ${delaySeconds}`, clock.nowSeconds]));
    }
    assert.equal(await clock.run(), 'idle');
    assert.deepEqual(log, [
      ['after 1', 1],
      ['after 2', 2],
      ['after 3', 3],
    ]);
  });

  it('runs events of one moment by priority, then in the order of scheduling', async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.at(1, () => log.push('second'));
    clock.at(1, () => log.push('last'), { priority: 7 });
    clock.at(1, () => log.push('first'), { priority: -1 });
    clock.at(1, () => log.push('third'));
    await clock.run();
    assert.deepEqual(log, ['first', 'second', 'third', 'last']);
  });

  it('runs what an event schedules for the same moment before time goes on', async () => {
    const clock = new VirtualClock();
    const log: [string, number][] = [];
    clock.at(1, () => clock.at(0, () => log.push(['nested', clock.nowSeconds])));
    clock.at(1.000001, () => log.push(['later', clock.nowSeconds]));
    await clock.run();
    assert.deepEqual(log, [
      ['nested', 1],
      ['later', 1.000001],
    ]);
  });

  it('is idle where nothing is left but what need not be waited for, and waits for it while it counts', async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    let waits = true;
    const counts = () => waits;
    clock.at(1, () => log.push('on the way'), { counts });
    clock.at(2, () => log.push('foreground'));
    clock.at(3, () => (log.push('counts'), (waits = false)), { counts });
    clock.at(4, () => assert.fail('nobody waits for it'), { counts });
    assert.equal(await clock.run(), 'idle');
    assert.deepEqual(log, ['on the way', 'foreground', 'counts']);
    assert.equal(clock.nowSeconds, 3);
    assert.equal(clock.pending, 1);
  });

  it('does not run what was cancelled, and keeps nothing of it', async () => {
    const clock = new VirtualClock();
    const cancel = clock.at(1, () => assert.fail('was cancelled'));
    const id = clock.setTimeout(() => assert.fail('was cleared'), 1000);
    cancel();
    cancel();
    clock.clearTimeout(id);
    clock.clearTimeout(id);
    assert.equal(clock.pending, 0);
    assert.equal(await clock.run(), 'idle');
  });

  it('keeps time in whole microseconds, and lets no positive delay be nothing', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    for (const delaySeconds of [0, 1e-12, 1.4e-6, 1.6e-6, 0.1 + 0.2]) {
      clock.at(delaySeconds, () => times.push(clock.nowMicroseconds));
    }
    await clock.run();
    assert.deepEqual(times, [0, 1, 1, 2, 300000]);
  });

  it('refuses delays that are negative, not finite or beyond 2^53 microseconds', () => {
    const clock = new VirtualClock();
    for (const bad of [-1, -1e-9, NaN, Infinity, -Infinity, 2 ** 53]) {
      assert.throws(() => clock.at(bad, () => undefined), RangeError);
      assert.throws(() => clock.settleAfter(bad, Promise.resolve(), () => undefined), RangeError);
      if (bad !== Infinity) assert.throws(() => clock.setTimeout(() => undefined, bad * 1e3), RangeError);
    }
    assert.throws(() => clock.at(0, () => undefined, { priority: NaN }), RangeError);
    assert.equal(clock.pending, 0);
  });

  it('lets an infinite timeout of a machine never come: a deadline that was not set', () => {
    const clock = new VirtualClock();
    clock.clearTimeout(clock.setTimeout(() => assert.fail(), Infinity));
    assert.equal(clock.pending, 0);
  });

  it('refuses a delay that only the time passed makes too long', async () => {
    const clock = new VirtualClock();
    clock.at(9e9, () => undefined);
    await clock.run();
    assert.equal(clock.nowSeconds, 9e9);
    assert.throws(() => clock.at(9e9, () => undefined), /past the clock's end/);
  });

  it('stops exactly at untilSeconds, runs what is due then, and goes on from there', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    for (const delaySeconds of [1, 2, 3]) clock.at(delaySeconds, () => times.push(clock.nowSeconds));
    assert.equal(await clock.run({ untilSeconds: 2 }), 'until');
    assert.deepEqual(times, [1, 2]);
    assert.equal(await clock.run({ untilSeconds: 2.5 }), 'until');
    assert.equal(clock.nowSeconds, 2.5);
    assert.equal(await clock.run({ untilSeconds: 1 }), 'until');
    assert.equal(clock.nowSeconds, 2.5);
    assert.equal(await clock.run(), 'idle');
    assert.deepEqual(times, [1, 2, 3]);
    await assert.rejects(clock.run({ untilSeconds: NaN }), RangeError);
  });

  it('stops before the next event when asked to', async () => {
    const clock = new VirtualClock();
    let count = 0;
    for (let i = 0; i < 10; i++) clock.at(i, () => count++);
    assert.equal(await clock.run({ stop: () => count === 4 }), 'stopped');
    assert.equal(count, 4);
    assert.equal(clock.pending, 6);
  });

  it('rejects its run with what an event throws, and can run on', async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.at(1, () => {
      throw new Error('broken event');
    });
    clock.at(2, () => log.push('next'));
    await assert.rejects(clock.run(), /broken event/);
    await clock.run();
    assert.deepEqual(log, ['next']);
  });

  it('refuses a second run inside a run', async () => {
    const clock = new VirtualClock();
    let inner: Promise<unknown> = Promise.resolve();
    clock.at(1, () => void (inner = assert.rejects(clock.run(), /already running/)));
    await clock.run();
    await inner;
  });

  it('lets an event have all its consequences, promises included, before the next one', async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.at(1, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => clock.at(0, () => log.push(`consequence at ${clock.nowSeconds}`), { priority: -1 }));
    });
    clock.at(1, () => log.push(`neighbour at ${clock.nowSeconds}`));
    await clock.run();
    assert.deepEqual(log, ['consequence at 1', 'neighbour at 1']);
  });

  it('lets the real event loop turn during long runs of events', async () => {
    const clock = new VirtualClock();
    let turned = false;
    const again = () => void (turned || clock.at(1, again));
    clock.at(1, again);
    setTimeout(() => (turned = true), 5);
    assert.equal(await clock.run({ untilSeconds: 1e9 }), 'idle');
    assert.ok(turned);
  });

  it('steps in the order of a sorted array, whatever is scheduled and cancelled when', async () => {
    const program = fc.array(
      fc.record({
        /** Microseconds, few enough to collide often. */
        delay: fc.nat(4),
        priority: fc.integer({ min: -1, max: 1 }),
        /** What the event does when it runs: schedule that many more, cancel the event of that number. */
        schedules: fc.nat(2),
        cancels: fc.option(fc.nat(30)),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        const clock = new VirtualClock();
        const ran = await runProgram(steps, {
          now: () => clock.nowMicroseconds,
          at: (microseconds, fire, priority) => clock.at(microseconds / 1e6, fire, { priority }),
          run: () => clock.run(),
        });
        assert.deepEqual(ran, await runProgram(steps, sortedArrayClock()));
      }),
      { numRuns: 300 },
    );
  });
});

describe('VirtualClock with real work', () => {
  it('waits for work that is slower than virtual time, and delivers it at its virtual moment', async () => {
    const clock = new VirtualClock();
    const log: [string, number][] = [];
    const work = realSeconds(20, 'trained');
    clock.settleAfter(5, work, (outcome) => log.push([JSON.stringify(outcome), clock.nowSeconds]));
    clock.at(4, () => log.push(['before', clock.nowSeconds]));
    clock.at(6, () => log.push(['after', clock.nowSeconds]));
    assert.equal(await clock.run(), 'idle');
    assert.deepEqual(log, [
      ['before', 4],
      ['{"value":"trained"}', 5],
      ['after', 6],
    ]);
  });

  it('gives one order however fast the workers are', async () => {
    const order = async (realMilliseconds: readonly number[]) => {
      const clock = new VirtualClock();
      const log: string[] = [];
      realMilliseconds.forEach((milliseconds, worker) => {
        const work = realSeconds(milliseconds, worker);
        clock.settleAfter([3, 1, 2, 2][worker]!, work, () => {
          log.push(`worker ${worker} at ${clock.nowSeconds}`);
          void Promise.resolve()
            .then(() => undefined)
            .then(() => log.push(`microtask of ${worker} at ${clock.nowSeconds}`));
        });
        clock.at(worker + 0.5, () => log.push(`tick at ${clock.nowSeconds}`));
      });
      await clock.run();
      return log;
    };
    assert.deepEqual(await order([0, 15, 5, 10]), await order([15, 0, 10, 5]));
  });

  it('delivers a rejection that came early as an error, with no unhandled rejection', async () => {
    const clock = new VirtualClock();
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const outcomes: Outcome<never>[] = [];
      const failure = new Error('worker died');
      clock.settleAfter(1, Promise.reject(failure), (outcome) => outcomes.push(outcome));
      const cancel = clock.settleAfter(2, Promise.reject(new Error('cancelled')), () => assert.fail());
      cancel();
      await realSeconds(10);
      await clock.run();
      assert.deepEqual(outcomes, [{ error: failure }]);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('does not wait for work that was cancelled', async () => {
    const clock = new VirtualClock();
    const cancel = clock.settleAfter(1, new Promise(() => undefined), () => assert.fail());
    clock.at(0.5, cancel);
    assert.equal(await clock.run(), 'idle');
    assert.equal(clock.nowSeconds, 0.5);
  });

  it('stops by its signal although real work never ends, and keeps that work pending', async () => {
    const clock = new VirtualClock();
    const interrupt = new AbortController();
    clock.settleAfter(1, new Promise(() => undefined), () => assert.fail());
    setTimeout(() => interrupt.abort(), 10);
    assert.equal(await clock.run({ signal: interrupt.signal }), 'stopped');
    assert.equal(clock.pending, 1);
    assert.equal(await clock.run({ signal: interrupt.signal }), 'stopped');
  });
});

describe('VirtualClock and promises', () => {
  it('ends what an event began through promises before the next event, however many wait for each other', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    const chain = async (name: string, length: number) => {
      for (let i = 0; i < length; i++) await Promise.resolve();
      order.push(`${name} ends at ${clock.nowSeconds}`);
    };
    for (let second = 1; second <= 200; second++) {
      clock.at(second, () => void chain(`chain ${second}`, second));
      clock.at(second, () => order.push(`next of ${second}`));
    }
    assert.equal(await clock.run(), 'idle');
    const expected = Array.from({ length: 200 }, (_, i) => i + 1).flatMap((second) => [
      `chain ${second} ends at ${second}`,
      `next of ${second}`,
    ]);
    assert.deepEqual(order, expected);
  });

  it('wastes no turns on work that has settled before it is due', async () => {
    const clock = new VirtualClock();
    const events = 640;
    for (let second = 1; second <= events; second++) {
      clock.settleAfter(second, Promise.resolve(second), () => undefined);
    }
    const { setImmediate } = globalThis;
    let turns = 0;
    const counting = (...given: Parameters<typeof setImmediate>) => {
      turns += 1;
      return setImmediate(...given);
    };
    globalThis.setImmediate = Object.assign(counting, setImmediate);
    try {
      await clock.run();
    } finally {
      globalThis.setImmediate = setImmediate;
    }
    assert.ok(turns < 1.2 * events, `${turns} turns for ${events} events`);
  });

  it('turns the real event loop, so that timers and signals come through', async () => {
    const clock = new VirtualClock();
    let stopped = false;
    setTimeout(() => (stopped = true), 1);
    const again = () => void clock.at(1, again);
    again();
    assert.equal(await clock.run({ stop: () => stopped }), 'stopped');
  });
});

describe('VirtualClock under XState', () => {
  it('brings a promise actor to its end at the virtual moment its work is due', async () => {
    const clock = new VirtualClock();
    const machine = setup({
      types: { context: {} as { endSeconds: number; result: string }, input: {} as { seconds: number } },
      actors: {
        train: fromPromise<string, { seconds: number }>(
          ({ input: { seconds } }) =>
            new Promise((resolve) => {
              clock.settleAfter(seconds, realSeconds(5, 'trained'), (outcome) =>
                resolve('value' in outcome ? outcome.value : 'failed'),
              );
            }),
        ),
      },
    }).createMachine({
      context: { endSeconds: NaN, result: '' },
      initial: 'training',
      states: {
        training: {
          invoke: {
            src: 'train',
            input: { seconds: 2 },
            onDone: {
              target: 'done',
              actions: assign(({ event }) => ({ endSeconds: clock.nowSeconds, result: event.output })),
            },
          },
        },
        done: { type: 'final' },
      },
    });
    const actor = createActor(machine, { clock, input: { seconds: 2 } }).start();
    clock.at(2.000001, () => assert.equal(actor.getSnapshot().value, 'done'));
    await clock.run();
    assert.deepEqual(actor.getSnapshot().context, { endSeconds: 2, result: 'trained' });
  });

  it('fires chained afters each at its own time', async () => {
    const clock = new VirtualClock();
    const machine = setup({
      types: { context: {} as { times: number[] } },
      actions: { stamp: assign({ times: ({ context }) => [...context.times, clock.nowSeconds] }) },
      delays: { air: 2500, never: 1e9 },
    }).createMachine({
      context: { times: [] },
      initial: 'a',
      states: {
        a: { after: { 1000: { target: 'b', actions: 'stamp' }, never: 'lost' } },
        b: { after: { air: { target: 'c', actions: 'stamp' } } },
        c: { after: { 0: { target: 'd', actions: 'stamp' } } },
        d: { after: { 0.25: { target: 'done', actions: 'stamp' } } },
        lost: {},
        done: { type: 'final' },
      },
    });
    const actor = createActor(machine, { clock });
    actor.subscribe({ error: (error) => assert.fail(String(error)) });
    actor.start();
    assert.equal(await clock.run(), 'idle');
    assert.equal(actor.getSnapshot().value, 'done');
    assert.deepEqual(actor.getSnapshot().context.times, [1, 3.5, 3.5, 3.50025]);
    assert.equal(clock.nowSeconds, 3.50025);
  });
});

interface Step {
  readonly delay: number;
  readonly priority: number;
  readonly schedules: number;
  readonly cancels: number | null;
}

interface TestedClock {
  now(): number;
  at(microseconds: number, fire: () => void, priority: number): () => void;
  run(): Promise<unknown> | void;
}

/** Runs steps on a clock; each gives [number of the event, time] when it runs. */
async function runProgram(steps: readonly Step[], clock: TestedClock): Promise<[number, number][]> {
  const ran: [number, number][] = [];
  const cancels: (() => void)[] = [];
  const schedule = () => {
    const number = cancels.length;
    const step = steps[number];
    if (!step) return;
    const fire = () => {
      ran.push([number, clock.now()]);
      for (let i = 0; i < step.schedules; i++) schedule();
      if (step.cancels !== null) cancels[step.cancels]?.();
    };
    cancels.push(clock.at(step.delay, fire, step.priority));
  };
  const first = Math.ceil(steps.length / 2);
  for (let i = 0; i < first; i++) schedule();
  await clock.run();
  return ran;
}

/** The model: sorts everything anew at every step. */
function sortedArrayClock(): TestedClock {
  let now = 0;
  let events: { time: number; priority: number; fire: () => void }[] = [];
  return {
    now: () => now,
    at: (microseconds, fire, priority) => {
      const event = { time: now + microseconds, priority, fire };
      events.push(event);
      return () => (events = events.filter((other) => other !== event));
    },
    run: () => {
      while (events.length > 0) {
        // Array.prototype.sort is stable, which keeps the order of scheduling.
        events.sort((a, b) => a.time - b.time || a.priority - b.priority);
        const event = events.shift()!;
        now = event.time;
        event.fire();
      }
    },
  };
}
