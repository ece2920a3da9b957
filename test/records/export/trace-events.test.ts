import assert from 'node:assert/strict';
import { groupedBy } from '../../../src/grouped.js';
import {
  traceEvents,
  type Flow,
  type TraceDocument,
  type TraceEvent,
} from '../../../src/records/export/trace-events.js';
import { protocolRun } from '../../run/untrained.js';
import { closed, message, rowsOf, step, trained } from '../activity/made-up-rows.js';

/*
 * What a run is in the Trace Event Format. The rules are those of the format's own document ("Trace Event Format",
 * Google 2016): the fields of each phase, the pairs of flow events, and that slices of a thread nest or lie apart.
 */

const about = { scenario: 'made-up', seed: 1 };

describe('trace events', () => {
  it('are threads with names, activities in microseconds, versions and messages', () => {
    const { traceEvents: events } = traceEvents(
      rowsOf({
        metrics: [step('client-1', '1.3', 2), trained('client-1', 5), closed(6, 'answers')],
        messages: [message('update', 'client-1', 5, 6, { id: 7 })],
      }),
      about,
    );

    const names = events.filter(({ name }) => name === 'thread_name');
    assert.deepEqual(
      names.map((event) => event.ph === 'M' && event.args),
      [{ name: 'server' }, { name: 'client-1' }],
    );
    const slices = events.filter((event) => event.ph === 'X').filter(({ tid }) => tid === 2);
    assert.deepEqual(
      slices.map(({ name, ts, dur }) => [name, ts, dur]),
      [
        ['waits-for-others', 0, 2e6],
        ['training (1.3)', 2e6, 3e6],
        ['on-the-air (1.3)', 5e6, 1e6],
        ['waits-for-others', 6e6, 4e6],
      ],
    );
    const [version] = events.filter((event) => event.ph === 'i');
    assert.deepEqual([version!.name, version!.ts], ['version 1 of instruction, by answers', 6e6]);
    const flows = events.filter(isFlow);
    assert.deepEqual(
      flows.map(({ ph, id, tid, ts }) => [ph, id, tid, ts]),
      [
        ['s', 7, 2, 5e6],
        ['f', 7, 1, 6e6],
      ],
    );
  });

  for (const set of [
    [],
    [
      'server.quorum=1',
      'server.discipline=asynchronous',
      'channel.lossProbability=0.2',
      'channel.story=attempts',
    ],
    ['server.discipline={"name":"timed","everySeconds":3}'],
    ['limits.virtualSeconds=9'],
  ]) {
    it(`keep the rules of their format: ${set.at(-1) ?? 'the tiny scenario'}`, async () => {
      const { run } = await protocolRun(set);
      const { world, written } = run;
      const clients = [...world.clients.keys()];
      const rows = { clients, scenario: world.scenario, ...written, endSeconds: world.clock.nowSeconds };

      const document = JSON.parse(JSON.stringify(traceEvents(rows, about))) as TraceDocument;

      assert.ok(['ms', 'ns'].includes(document.displayTimeUnit));
      document.traceEvents.forEach(assertFields);
      assertApart(document.traceEvents);
      assertFlows(document.traceEvents);
    });
  }
});

const isFlow = (event: TraceEvent): event is Flow => event.ph === 's' || event.ph === 'f';
const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

function assertFields(event: TraceEvent): void {
  assert.ok(
    typeof event.name === 'string' && isWhole(event.pid) && isWhole(event.tid),
    JSON.stringify(event),
  );
  if (event.ph !== 'M') assert.ok(isWhole(event.ts) && typeof event.cat === 'string', JSON.stringify(event));
  switch (event.ph) {
    case 'M':
      assert.ok(['process_name', 'thread_name', 'thread_sort_index'].includes(event.name));
      return assert.equal(typeof event.args, 'object');
    case 'X':
      return assert.ok(isWhole(event.dur) && event.dur > 0);
    case 'i':
      return assert.ok(['g', 'p', 't'].includes(event.s));
    case 's':
    case 'f':
      return assert.ok(isWhole(event.id));
    default:
      assert.fail(`no such phase: ${JSON.stringify(event)}`);
  }
}

const slicesByThread = (events: readonly TraceEvent[]) =>
  groupedBy(
    events.filter((event) => event.ph === 'X'),
    ({ tid }) => tid,
  );

/** Slices of a thread that overlap in part are drawn wrongly. */
function assertApart(events: readonly TraceEvent[]): void {
  for (const slices of slicesByThread(events).values()) {
    const sorted = slices.toSorted((a, b) => a.ts - b.ts);
    sorted.slice(1).forEach((slice, index) => {
      const before = sorted[index]!;
      assert.ok(before.ts + before.dur <= slice.ts, JSON.stringify([before, slice]));
    });
  }
}

/** A flow begins once and ends once, later, with one name and category, and both times inside of a slice. */
function assertFlows(events: readonly TraceEvent[]): void {
  const threads = slicesByThread(events);
  const flows = groupedBy(events.filter(isFlow), ({ id }) => id);
  assert.ok(flows.size > 0);
  for (const [start, end, ...more] of flows.values()) {
    assert.equal(more.length, 0);
    assert.deepEqual([start!.ph, end!.ph, end!.bp], ['s', 'f', 'e']);
    assert.deepEqual([start!.name, start!.cat], [end!.name, end!.cat]);
    assert.ok(start!.ts <= end!.ts);
    for (const { tid, ts } of [start!, end!]) {
      assert.ok(threads.get(tid)!.some((slice) => slice.ts <= ts && ts < slice.ts + slice.dur));
    }
  }
}
