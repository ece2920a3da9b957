import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pace, paceCommand, type PaceCommand } from '../../../src/cli/page/pace.js';

/** A clock whose events wait for a pace: it tells how many it has let through. */
class Clock {
  passed = 0;
  #isOver = false;
  readonly done: Promise<void>;

  constructor(pace: Pace, dueSeconds: readonly number[], roundEvery = Infinity) {
    this.done = (async () => {
      for (const due of dueSeconds) {
        await pace.before(due);
        if (this.#isOver) return;
        this.passed += 1;
        if (this.passed % roundEvery === 0) pace.roundClosed();
        // As a run's own work does, an event takes a turn of the loop.
        await sleep(0);
      }
    })();
  }

  stop(): void {
    this.#isOver = true;
  }
}

const due = (count: number, every = 1) => Array.from({ length: count }, (_, k) => k * every);
const settled = () => sleep(60);

describe('the pace of a run', () => {
  let pace: Pace;
  beforeEach(() => (pace = new Pace()));
  afterEach(() => pace.release());

  it('lets a run go that nobody holds up', async () => {
    const clock = new Clock(pace, due(10));
    await clock.done;
    assert.equal(clock.passed, 10);
  });

  it('holds it up until it may go on', async () => {
    pace.obey({ do: 'pause' });
    const clock = new Clock(pace, due(10));
    await settled();
    assert.deepEqual([clock.passed, pace.isPaused], [0, true]);
    pace.obey({ do: 'go', virtualSecondsPerSecond: null });
    await clock.done;
    assert.deepEqual([clock.passed, pace.isPaused], [10, false]);
  });

  it('holds it up in its midst', async () => {
    const clock = new Clock(pace, due(10_000));
    await sleep(5);
    pace.obey({ do: 'pause' });
    await settled();
    const { passed } = clock;
    await settled();
    assert.ok(passed > 0 && passed < 10_000);
    assert.equal(clock.passed, passed);
    clock.stop();
  });

  it('lets one event through for a step by events', async () => {
    pace.obey({ do: 'pause' });
    const clock = new Clock(pace, due(10));
    for (const expected of [1, 2, 3]) {
      pace.obey({ do: 'step', by: 'event' });
      await settled();
      assert.deepEqual([clock.passed, pace.isPaused], [expected, true]);
    }
    clock.stop();
  });

  it('lets events through until a round is closed for a step by rounds', async () => {
    pace.obey({ do: 'pause' });
    const clock = new Clock(pace, due(20), 5);
    for (const expected of [5, 10]) {
      pace.obey({ do: 'step', by: 'round' });
      await settled();
      assert.deepEqual([clock.passed, pace.isPaused], [expected, true]);
    }
    clock.stop();
  });

  it('can be paused in the midst of a step by rounds', async () => {
    pace.obey({ do: 'step', by: 'round' });
    const clock = new Clock(pace, due(10_000));
    await sleep(5);
    pace.obey({ do: 'pause' });
    await settled();
    const { passed } = clock;
    await settled();
    assert.ok(passed < 10_000);
    assert.equal(clock.passed, passed);
    clock.stop();
  });

  it('slows a run down to so many virtual seconds a second', async () => {
    pace.obey({ do: 'go', virtualSecondsPerSecond: 100 });
    const begun = performance.now();
    await new Clock(pace, due(6, 4)).done;
    const took = performance.now() - begun;
    assert.ok(took >= 190, `20 virtual seconds took ${took} ms, expected 200`);
  });

  it('takes another speed at once, though the next event is far off', async () => {
    pace.obey({ do: 'go', virtualSecondsPerSecond: 0.001 });
    const clock = new Clock(pace, [0, 1e6]);
    await settled();
    assert.equal(clock.passed, 1);
    pace.obey({ do: 'go', virtualSecondsPerSecond: null });
    await clock.done;
    assert.equal(clock.passed, 2);
  });

  it('does not make up for the time of a pause', async () => {
    pace.obey({ do: 'go', virtualSecondsPerSecond: 10 });
    const clock = new Clock(pace, due(4));
    await settled();
    pace.obey({ do: 'pause' });
    await sleep(400);
    const begun = performance.now();
    pace.obey({ do: 'go', virtualSecondsPerSecond: 10 });
    await clock.done;
    assert.ok(performance.now() - begun >= 190, 'events that were due in the pause came at once');
  });

  for (const [what, command] of [
    ['paused', { do: 'pause' }],
    ['slow', { do: 'go', virtualSecondsPerSecond: 1e-6 }],
  ] as readonly (readonly [string, PaceCommand])[]) {
    it(`lets a ${what} run go when nobody looks any more, for good`, async () => {
      pace.obey(command);
      const clock = new Clock(pace, due(5, 1000));
      await settled();
      pace.release();
      pace.obey({ do: 'pause' });
      await clock.done;
      assert.equal(clock.passed, 5);
    });
  }
});

describe('a command of the page', () => {
  it('is read as it was written', () => {
    const commands: readonly PaceCommand[] = [
      { do: 'pause' },
      { do: 'step', by: 'event' },
      { do: 'step', by: 'round' },
      { do: 'go', virtualSecondsPerSecond: null },
      { do: 'go', virtualSecondsPerSecond: 0.5 },
    ];
    for (const command of commands) assert.deepEqual(paceCommand(JSON.stringify(command)), command);
  });

  it('carries nothing else on', () => {
    assert.deepEqual(paceCommand('{"do":"pause","by":"event","__proto__":{"x":1}}'), { do: 'pause' });
  });
});
