import assert from 'node:assert/strict';
import type { AttemptStory } from '../../src/records/rows.js';
import { matchesTrace, traceLine, traceOf } from '../../src/records/trace.js';
import { parseTraceQuery } from '../../src/records/trace-query.js';
import { closed, message, presence, step, trained } from './activity/made-up-rows.js';

/*
 * The story of rows that were made up.
 */

const model = message('model', 'client-1', 0, 2, { id: 1, bits: 8e3, attempts: 2, energyJoules: 0.5 });
const update = message('update', 'client-1', 5, 6, { id: 2, aggregatedIn: 1, onAirSeconds: 1 });
const lost = message('update', 'client-2', 5, 8, {
  id: 3,
  outcome: 'dropped',
  reason: 'outage',
  leftOut: 'given-up',
  blackoutSeconds: 1.5,
  blackouts: ['/channel/faults/0'],
});
const metrics = [
  step('server', '1.1', 0, 0),
  step('client-1', '1.3', 2),
  trained('client-1', 5),
  presence('client-2', 7, false),
  { type: 'script', pointer: '/timeline/0', virtualSeconds: 9 } as const,
  closed(10, 'deadline', { cohort: 2, members: ['client-1', 'client-2'], loss: 0.5 }),
];

const story = (query: string) =>
  traceOf(metrics, [model, update, lost])
    .filter((entry) => matchesTrace(entry, parseTraceQuery(query)))
    .map(traceLine)
    .map((line) => line.trim());

describe('the story of a run', () => {
  it('tells of everything in the order of time, what arrives before the step that it causes', () => {
    assert.deepEqual(story(''), [
      '0.000 s  server enters Step 1.1, round 0',
      '0.000 s  message 1, model of round 0, server → client-1: sent, 8 kbit',
      '2.000 s  message 1, model of round 0, server → client-1: arrives after 2 s: 2 attempts, 0 ms on the air, 0.5 J',
      '2.000 s  client-1 enters Step 1.3, round 1',
      '5.000 s  message 2, update of round 1, client-1 → server: sent, 1 bit',
      '5.000 s  message 3, update of round 1, client-2 → server: sent, 1 bit',
      '6.000 s  message 2, update of round 1, client-1 → server: arrives after 1 s: 1 attempt, 1 s on the air, 0 J; ' +
        'in the aggregate of round 1',
      '7.000 s  client-2 goes off (markov)',
      '8.000 s  message 3, update of round 1, client-2 → server: is given up (outage) after 3 s: 1 attempt, ' +
        '0 ms on the air, 0 J, 1.5 s in a blackout by /channel/faults/0; in no aggregate: given up by its link',
      '9.000 s  /timeline/0 takes effect',
      '10.000 s  round 1 of instruction is closed by its deadline, updates of 1 of 2 clients, reported loss 0.5, continue',
    ]);
  });

  it('is of a client: its steps and messages, and the rounds that it was asked for', () => {
    assert.deepEqual(
      story('client:2').map((line) => line.split(' ')[0]),
      ['5.000', '7.000', '8.000', '10.000'],
    );
  });

  it('is of a step, a stage, a span of time, or of what has these words', () => {
    assert.equal(story('step:1.3').length, 5);
    assert.equal(story('stage:reward').length, 0);
    assert.equal(story('from:2 to:5').length, 4);
    assert.equal(story('given OUTAGE').length, 1);
    assert.equal(story('round:1 client:1 step:1.5').length, 1);
  });

  it('has each attempt that is known', () => {
    const attempt: AttemptStory = {
      ...{ atSeconds: 1, seconds: 0.5, onAirSeconds: 0.5, airBits: 1, packets: 10, lostPackets: 3 },
      ...{ acknowledged: false, energyJoules: 0.25, blocks: 1 },
      lost: 'outage',
    };
    const [, first] = traceOf([], [message('update', 'client-1', 1, 2, { id: 4, story: [attempt] })]);

    assert.equal(
      first!.text,
      'message 4, update of round 1, client-1 → server: attempt 1 ends after 500 ms, 3 of 10 packets lost ' +
        '(outage), 0.25 J',
    );
  });

  it('says of what was under way at the end that it was', () => {
    const [entry, ...others] = traceOf([], [message('update', 'client-1', 1, null, { id: 5 })]);

    assert.equal(others.length, 0);
    assert.match(entry!.text, /: sent, 1 bit; under way at the end$/);
  });
});
