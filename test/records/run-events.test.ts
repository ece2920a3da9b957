import assert from 'node:assert/strict';
import { Subject } from 'rxjs';
import type { RunEvent, RunObserver } from '../../src/records/run-event.js';
import { RunEvents } from '../../src/records/run-events.js';

const clock = (virtualSeconds: number): RunEvent => ({ type: 'clock', virtualSeconds });
const actor: RunEvent = {
  type: 'actor',
  actor: 'server',
  event: 'go',
  cause: { by: 'run' },
  before: 'off',
  state: 'on',
  microsteps: [],
  virtualSeconds: 0,
};
const unchecked: RunObserver = { next: () => {} };

/** What an observer has heard: seconds of clock events, or the type of others. */
function listener(heard: (number | string)[], actors?: boolean): RunObserver {
  return {
    ...(actors !== undefined && { actors }),
    next: (event) => heard.push(event.type === 'clock' ? event.virtualSeconds : event.type),
    complete: () => heard.push('complete'),
  };
}

/** The events, and what was thrown by who hears them. */
function eventsFor(...observers: readonly RunObserver[]) {
  const thrown: unknown[] = [];
  const events = new RunEvents(unchecked, (cause) => thrown.push(cause));
  observers.forEach((observer) => events.subscribe(observer, observer.name));
  return { events, thrown };
}

describe('the events of a run', () => {
  it('come to all observers in one order, whatever is told while one is being delivered', () => {
    const [before, after]: (number | string)[][] = [[], []];
    const retelling: RunObserver = {
      next: (event) => {
        if (event.type !== 'clock' || event.virtualSeconds > 2) return;
        events.tell(clock(event.virtualSeconds * 2 + 1));
        events.tell(clock(event.virtualSeconds * 2 + 2));
      },
    };
    const { events } = eventsFor(listener(before!), retelling, listener(after!));
    events.tell(clock(0));
    assert.deepEqual(before, [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(after, before);
  });

  it('are checked where they are told, before anybody hears, and reach nobody when they are refused', () => {
    const heard: (number | string)[] = [];
    const checkers: RunObserver = {
      next: (event) => {
        heard.push('checked');
        if (event.type === 'clock' && event.virtualSeconds < 0) throw new Error('time ran back');
      },
    };
    const events = new RunEvents(checkers, assert.ifError);
    events.subscribe(listener(heard));
    events.tell(clock(1));
    assert.throws(() => events.tell(clock(-1)), /^Error: time ran back$/);
    events.tell(clock(2));
    assert.deepEqual(heard, ['checked', 1, 'checked', 'checked', 2]);
  });

  it('of the actors come to those alone who ask for them', () => {
    const [plain, asking]: (number | string)[][] = [[], []];
    assert.equal(eventsFor(listener(plain!)).events.actorsObserved, false);
    const { events } = eventsFor(listener(plain!), listener(asking!, true));
    assert.equal(events.actorsObserved, true);
    events.tell(actor);
    assert.deepEqual([plain, asking], [[], ['actor']]);
  });

  it('reach the others when an observer throws, and the error names it', () => {
    const heard: (number | string)[] = [];
    const broken: RunObserver = {
      name: 'plot',
      next: () => {
        throw new Error('no screen');
      },
      complete: () => {
        throw new Error('still none');
      },
    };
    const { events, thrown } = eventsFor(broken, listener(heard));
    events.tell(clock(1));
    events.complete();
    assert.deepEqual(heard, [1, 'complete']);
    const told = thrown.map((error) => error instanceof Error && [error.message, error.cause]);
    assert.deepEqual(told, [
      ['observer plot failed', new Error('no screen')],
      ['observer plot failed', new Error('still none')],
    ]);
  });

  it('come to an RxJS Subject, to its end', () => {
    const heard: (number | string)[] = [];
    const subject = new Subject<RunEvent>();
    subject.subscribe(listener(heard));
    const { events } = eventsFor(subject);
    events.tell(clock(1));
    events.complete();
    assert.deepEqual(heard, [1, 'complete']);
  });

  it('include what an observer tells when it hears of the end', () => {
    const heard: (number | string)[] = [];
    const last: RunObserver = { next: () => {}, complete: () => events.tell(clock(9)) };
    const { events } = eventsFor(last, listener(heard));
    events.complete();
    assert.deepEqual(heard, [9, 'complete']);
  });
});
