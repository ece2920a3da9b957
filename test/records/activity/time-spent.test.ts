import assert from 'node:assert/strict';
import { timeSpent } from '../../../src/records/activity/time-spent.js';
import type { MessageRow, MetricRow } from '../../../src/records/rows.js';
import type { TimeSpent } from '../../../src/records/summary.js';
import { closed, message, presence, rowsOf, step, trained } from './made-up-rows.js';

/*
 * Where the time of made-up runs went: every figure is a difference of the times beside it.
 */

/** The figures that are not 0. */
function figuresOf({ sentence, missing, ...figures }: TimeSpent): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, seconds]) => seconds > 0));
}

const inAggregate = (round = 1) => ({ round, aggregatedIn: round });
const lost = (more: Partial<MessageRow>) => ({
  outcome: 'dropped' as const,
  leftOut: 'given-up' as const,
  ...more,
});

describe('where the virtual time went', () => {
  it('follows the update that arrived last, from its download on', () => {
    const spent = timeSpent(
      rowsOf({
        clients: ['client-1', 'client-2'],
        metrics: [
          step('client-1', '1.3', 1),
          step('client-2', '1.3', 2),
          trained('client-1', 2),
          trained('client-2', 7),
          closed(9, 'answers', { members: ['client-1', 'client-2'] }),
        ],
        messages: [
          message('model', 'client-1', 0, 1),
          message('model', 'client-2', 0, 2),
          message('update', 'client-1', 2, 3, inAggregate()),
          message('update', 'client-2', 7, 9, inAggregate()),
        ],
      }),
    );

    assert.deepEqual(figuresOf(spent), { trainingSeconds: 5, onAirSeconds: 4, restSeconds: 1 });
    assert.equal(
      spent.sentence,
      'Of 10 s of virtual time 5 s went into training, 4 s into messages on the air, ' +
        '1 s into what followed the last round that was closed.',
    );
  });

  it('counts what is left until a deadline, and says for what it waited', () => {
    const round = (number: number, from: number): { metrics: MetricRow[]; messages: MessageRow[] } => ({
      metrics: [
        step('client-1', '1.3', from + 0.5, number),
        step('client-3', '1.3', from + 0.5, number),
        trained('client-1', from + 4.5),
        trained('client-3', from + 4.5),
        closed(from + 125.5, 'deadline', { round: number, members: ['client-1', 'client-3'] }),
      ],
      messages: [
        message('model', 'client-1', from, from + 0.5, { round: number - 1 }),
        message('model', 'client-3', from, from + 0.5, { round: number - 1 }),
        message('update', 'client-1', from + 4.5, from + 5.5, inAggregate(number)),
        message('update', 'client-3', from + 4.5, from + 5, lost({ round: number })),
      ],
    });
    const [first, second] = [round(1, 0), round(2, 125.5)];

    const spent = timeSpent(
      rowsOf({
        clients: ['client-1', 'client-3'],
        metrics: [...first.metrics, ...second.metrics],
        messages: [...first.messages, ...second.messages],
        endSeconds: 251,
      }),
    );

    assert.deepEqual(figuresOf(spent), { trainingSeconds: 8, onAirSeconds: 3, deadlineSeconds: 240 });
    assert.deepEqual(spent.missing, [
      { why: 'lost-upload', client: 'client-3', stage: 'instruction', rounds: [1, 2] },
    ]);
    assert.equal(
      spent.sentence,
      'Of 4 min 11 s of virtual time 4 min 00 s went into waiting until the deadline for 2 lost uploads ' +
        '(client-3 in rounds 1 and 2 of instruction), 8 s into training, 3 s into messages on the air.',
    );
  });

  it('says why each update was missing at a deadline', () => {
    const clients = ['client-1', 'client-2', 'client-3', 'client-4', 'client-5', 'client-6', 'client-7'];
    const { missing } = timeSpent(
      rowsOf(
        {
          clients,
          metrics: [
            presence('client-1', 2, false),
            step('client-2', '1.3', 1),
            closed(10, 'deadline', { members: clients }),
          ],
          messages: [
            message('update', 'client-3', 9, 12),
            message('model', 'client-4', 0, null),
            message('model', 'client-5', 0, 3, lost({ leftOut: null })),
            message('update', 'client-6', 5, 11, { blackouts: ['/channel/faults/0'] }),
          ],
          endSeconds: 12,
        },
        [{ effect: 'blackout', fromSeconds: 6, toSeconds: 11 }],
      ),
    );

    assert.deepEqual(
      missing.map(({ client, why }) => [client, why]),
      [
        ['client-1', 'off'],
        ['client-2', 'training'],
        ['client-3', 'upload-under-way'],
        ['client-4', 'download-under-way'],
        ['client-5', 'lost-download'],
        ['client-6', 'blackout'],
        ['client-7', 'silent'],
      ],
    );
  });

  it('is that of a client of which nothing came, where nothing came of anybody', () => {
    const spent = timeSpent(
      rowsOf(
        {
          metrics: [closed(10, 'deadline', { members: ['client-1'] })],
          messages: [message('model', 'client-1', 0, 12, { blackouts: ['/channel/faults/0'] })],
          endSeconds: 12,
        },
        [{ effect: 'blackout', fromSeconds: 3, toSeconds: 11 }],
      ),
    );

    assert.deepEqual(figuresOf(spent), { onAirSeconds: 3, blackoutSeconds: 7, restSeconds: 2 });
  });

  it('hangs on the download that was given up, where the server waited for nothing else', () => {
    const spent = timeSpent(
      rowsOf({
        clients: ['client-1', 'client-2'],
        metrics: [step('client-1', '1.3', 1), trained('client-1', 2), closed(8, 'answers')],
        messages: [
          message('model', 'client-1', 0, 1),
          message('update', 'client-1', 2, 3, inAggregate()),
          message('model', 'client-2', 0, 8, lost({ leftOut: null })),
        ],
        endSeconds: 8,
      }),
    );

    assert.deepEqual(figuresOf(spent), { onAirSeconds: 8 });
  });

  it('is clipped to the version, where work began before it opened', () => {
    const spent = timeSpent(
      rowsOf({
        clients: ['client-1', 'client-2'],
        metrics: [
          step('client-1', '1.3', 0),
          step('client-2', '1.3', 0),
          trained('client-1', 2),
          trained('client-2', 5),
          closed(3, 'answers'),
          closed(7, 'answers', { round: 2 }),
        ],
        messages: [
          message('update', 'client-1', 2, 3, inAggregate()),
          message('update', 'client-2', 5, 7, { round: 1, aggregatedIn: 2 }),
        ],
        endSeconds: 7,
      }),
    );

    assert.deepEqual(figuresOf(spent), { trainingSeconds: 2 + 2, onAirSeconds: 1 + 2 });
  });

  it('is all rest, of a run that closed no round', () => {
    assert.deepEqual(figuresOf(timeSpent(rowsOf({}))), { restSeconds: 10 });
  });

  it('is nothing, of a run that took no time', () => {
    assert.equal(timeSpent(rowsOf({ endSeconds: 0 })).sentence, 'No virtual time passed.');
  });
});
