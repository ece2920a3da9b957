import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventIndex, type EventFilter } from '../../src/inspect/event-index.js';
import type { EventRow } from '../../src/records/inspection-rows.js';
import { actorRows, allRows, eventRows } from './made-up-events.js';

/* Whatever the index answers, a plain walk through the rows answers too. */

function indexOf(events: readonly EventRow[]): EventIndex {
  const index = new EventIndex();
  for (const row of allRows(events)) index.add(row);
  return index;
}

function statesAfter(events: readonly EventRow[], at: number): Record<string, string> {
  const states = Object.fromEntries(actorRows.map(({ actor, state }) => [actor, state]));
  for (const { actor, state } of events.slice(0, at + 1)) states[actor] = state;
  return states;
}

function countsAfter(events: readonly EventRow[], who: string, at: number) {
  const states: Record<string, number> = {};
  const transitions: Record<string, number> = {};
  for (const { actor, microsteps } of events.slice(0, at + 1)) {
    if (actor !== who) continue;
    for (const step of microsteps) {
      states[step.state] = (states[step.state] ?? 0) + 1;
      for (const id of step.transitions) transitions[id] = (transitions[id] ?? 0) + 1;
    }
  }
  return { states, transitions };
}

const isWanted =
  ({ actor, event, states }: EventFilter) =>
  (row: EventRow) =>
    (actor === undefined || row.actor === actor) &&
    (event === undefined || row.event.includes(event)) &&
    (states === undefined || (states.includes(row.state) && row.state !== row.before));

const filters: fc.Arbitrary<EventFilter> = fc.record(
  {
    actor: fc.constantFrom('server', 'client-1', 'client-2', 'nobody', '__proto__'),
    event: fc.constantFrom('load', 'delivered', 'clock.idle', 'never', ''),
    states: fc.subarray(['idle', 'busy', 'over', 'nowhere'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);

describe('the index of a run’s events', () => {
  it('gives every event back as it was', () => {
    fc.assert(
      fc.property(eventRows(), (events) => {
        const index = indexOf(events);
        assert.equal(index.count, events.length);
        assert.deepEqual(
          events.map((_, at) => index.event(at)),
          events.map(({ type: _type, ...event }, at) => ({ index: at, ...event })),
        );
      }),
    );
  });

  it('has the states and counts of a plain replay, at any place', () => {
    fc.assert(
      fc.property(eventRows(), fc.nat(), (events, drawn) => {
        const index = indexOf(events);
        const at = events.length === 0 ? -1 : (drawn % (events.length + 1)) - 1;
        assert.deepEqual(index.statesAt(at), statesAfter(events, at));
        for (const { actor } of actorRows) {
          assert.deepEqual(index.countsAt(actor, at), countsAfter(events, actor, at));
        }
      }),
    );
  });

  it('has them far into a long run, around the places where states are kept', () => {
    fc.assert(
      fc.property(eventRows(150), fc.nat(), (events, drawn) => {
        const index = indexOf(events);
        const places = [-1, 4094, 4095, 4096, 8190, 8191, 8192, drawn % Math.max(1, events.length)];
        for (const at of places.filter((place) => place < events.length)) {
          assert.deepEqual(index.statesAt(at), statesAfter(events, at), String(at));
        }
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('knows where the actors began, before any event', () => {
    const index = indexOf([]);
    assert.deepEqual(index.statesAt(-1), {
      server: 'idle',
      'client-1': 'idle',
      'client-2': 'idle',
      'client-1/uplink': 'idle',
    });
    assert.deepEqual(index.countsAt('server', -1), { states: {}, transitions: {} });
    assert.equal(index.secondsAt(-1), 0);
    assert.throws(() => index.event(0), RangeError);
  });

  it('finds what a filter is about, forwards and backwards, from any place on', () => {
    fc.assert(
      fc.property(
        ...([
          eventRows(),
          filters,
          fc.integer({ min: -2, max: 70 }),
          fc.integer({ min: 1, max: 9 }),
        ] as const),
        (events, filter, from, limit) => {
          const index = indexOf(events);
          const all = events.flatMap((row, at) => (isWanted(filter)(row) ? [at] : []));
          assert.deepEqual(
            index.find(filter, from, 1, limit),
            all.filter((at) => at >= from).slice(0, limit),
          );
          assert.deepEqual(
            index.find(filter, from, -1, limit),
            all
              .filter((at) => at <= from)
              .reverse()
              .slice(0, limit),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says which event is the last up to a time', () => {
    fc.assert(
      fc.property(eventRows(), fc.double({ min: -1, max: 70, noNaN: true }), (events, seconds) => {
        const last = events.findLastIndex(({ virtualSeconds }) => virtualSeconds <= seconds);
        assert.equal(indexOf(events).placeAt(seconds), last);
      }),
    );
  });

  it('says where two runs part first, and that equal ones do not', () => {
    fc.assert(
      fc.property(eventRows(), fc.nat(), (events, drawn) => {
        assert.equal(indexOf(events).firstDifference(indexOf(events)), null);
        if (events.length === 0) return;
        const at = drawn % events.length;
        const shorter = events.slice(0, at);
        assert.equal(indexOf(events).firstDifference(indexOf(shorter)), at);
        const changes: readonly Partial<EventRow>[] = [
          { event: 'another' },
          { virtualSeconds: events[at]!.virtualSeconds + 1e-9 },
          { cause: { by: 'message', from: 'server', message: 999 } },
          { state: 'elsewhere' },
          { microsteps: [{ transitions: ['another'], state: 'busy' }] },
        ];
        for (const change of changes) {
          const other = events.map((row, k) => (k === at ? { ...row, ...change } : row));
          assert.equal(indexOf(events).firstDifference(indexOf(other)), at);
          assert.equal(indexOf(other).firstDifference(indexOf(events)), at);
        }
      }),
    );
  });

  it('refuses an event of an actor that it does not know', () => {
    const index = new EventIndex();
    const [row] = fc.sample(
      eventRows().filter(({ length }) => length > 0),
      1,
    )[0]!;
    assert.throws(() => index.add(row!), /takes an event before it is registered/);
  });
});
