import assert from 'node:assert/strict';
import type { Activity } from '../../../src/records/activity/activity.js';
import { lanes } from '../../../src/records/activity/lanes.js';
import type { MessageRow } from '../../../src/records/rows.js';
import { closed, message, presence, rowsOf, step, trained } from './made-up-rows.js';

/*
 * Lanes of rows that are made up: each expectation can be read off the times beside it.
 */

const lanesOf = (...rows: Parameters<typeof rowsOf>) => lanes(rowsOf(...rows));
const inShort = ({ activities }: { activities: readonly Activity[] }) =>
  activities.map(({ kind, fromSeconds, toSeconds }) => `${fromSeconds}-${toSeconds} ${kind}`);

describe('a lane', () => {
  it('is a download, training, an upload, and waiting until the deadline of a round', () => {
    const [server, client] = lanesOf({
      metrics: [step('client-1', '1.3', 2), trained('client-1', 5), closed(10, 'deadline')],
      messages: [message('model', 'client-1', 0, 2), message('update', 'client-1', 5, 6)],
    });

    assert.deepEqual(inShort(client!), [
      '0-2 on-the-air',
      '2-5 training',
      '5-6 on-the-air',
      '6-10 waits-for-deadline',
    ]);
    assert.deepEqual(inShort(server!), ['0-2 on-the-air', '2-6 waits-for-others', '6-10 waits-for-deadline']);
  });

  it('names step, stage, round and message of what it is about', () => {
    const upload = message('update', 'client-1', 5, 10);
    const [, client] = lanesOf({
      metrics: [step('client-1', '1.3', 0, 3), trained('client-1', 5)],
      messages: [upload],
    });

    const about = client!.activities.map(({ step, stage, round, message }) => [step, stage, round, message]);
    assert.deepEqual(about, [
      ['1.3', 'instruction', 3, null],
      ['1.3', 'instruction', 1, upload.id],
    ]);
  });

  it('has waiting in pieces, one a version of the global model', () => {
    const [, client] = lanesOf({
      metrics: [closed(4, 'answers'), closed(9, 'answers', { round: 2, verdict: 'out-of-rounds' })],
    });

    const rounds = client!.activities.map(({ fromSeconds, round, stage }) => [fromSeconds, round, stage]);
    assert.deepEqual(rounds, [
      [0, 1, 'instruction'],
      [4, 2, 'instruction'],
      [9, null, null],
    ]);
  });

  it('waits for its link while the message before it is on the air', () => {
    const [, client] = lanesOf({
      messages: [message('update', 'client-1', 1, 4), message('update', 'client-1', 1, 7)],
    });
    const uploads = client!.activities.filter(({ kind }) => kind === 'on-the-air');

    assert.deepEqual(
      uploads.map(({ fromSeconds, toSeconds }) => [fromSeconds, toSeconds]),
      [
        [1, 4],
        [4, 7],
      ],
    );
    assert.equal(client!.activities[0]!.kind, 'waits-for-others');
  });

  it('waits between attempts where they are known, and where the link did not even begin', () => {
    const attempt = (atSeconds: number, seconds: number) =>
      ({ atSeconds, seconds }) as NonNullable<MessageRow['story']>[number];
    const [, client] = lanesOf({
      messages: [
        message('update', 'client-1', 1, 6, { story: [attempt(2, 1), attempt(4, 2)] }),
        message('update', 'client-1', 7, 8, { outcome: 'dropped', attempts: 0 }),
      ],
    });

    assert.deepEqual(inShort(client!).slice(1, -1), [
      '1-2 waits-for-link',
      '2-3 on-the-air',
      '3-4 waits-for-link',
      '4-6 on-the-air',
      '6-7 waits-for-others',
      '7-8 waits-for-link',
    ]);
  });

  it('names the scripted blackout that a message ran into, for as long as both last', () => {
    const [, client] = lanesOf(
      { messages: [message('update', 'client-1', 1, 9, { blackouts: ['/channel/faults/0'] })] },
      [{ effect: 'blackout', fromSeconds: 3, toSeconds: 7 }],
    );

    assert.deepEqual(inShort(client!).slice(1, 4), ['1-3 on-the-air', '3-7 blackout', '7-9 on-the-air']);
    assert.deepEqual(client!.activities[2]!.faults, ['/channel/faults/0']);
  });

  it('has a blackout of the timeline from when its entry took effect', () => {
    const [, client] = lanesOf(
      {
        metrics: [{ type: 'script', pointer: '/timeline/0', virtualSeconds: 2 }],
        messages: [message('update', 'client-1', 1, 9, { blackouts: ['/timeline/0'] })],
      },
      [],
      [{ atSeconds: 2, do: [{ action: 'blackout', direction: 'uplink', seconds: 5 }] }],
    );

    assert.deepEqual(inShort(client!).slice(1, 4), ['1-2 on-the-air', '2-7 blackout', '7-9 on-the-air']);
  });

  it('shows training before what is on the air at the same time, and being off before all', () => {
    const [, client] = lanesOf({
      metrics: [step('client-1', '1.3', 2), presence('client-1', 4, false), presence('client-1', 6, true)],
      messages: [message('update', 'client-1', 1, 8)],
    });

    assert.deepEqual(inShort(client!).slice(1), [
      '1-2 on-the-air',
      '2-4 training',
      '4-6 off',
      '6-8 on-the-air',
      '8-10 waits-for-others',
    ]);
  });

  it('ends training with the download that interrupts it, before the next step begins', () => {
    const [, client] = lanesOf({
      metrics: [step('client-1', '2.3', 1), step('client-1', '2.3', 6, 2)],
      messages: [message('helpful-global', 'client-1', 3, 4), message('harmless-global', 'client-1', 3, 6)],
    });

    assert.deepEqual(inShort(client!), [
      '0-1 waits-for-others',
      '1-4 training',
      '4-6 on-the-air',
      '6-10 training',
    ]);
  });

  it('of what was under way when the run ended goes on until then', () => {
    const [server, client] = lanesOf({ messages: [message('model', 'client-1', 3, null)] });

    for (const lane of [server!, client!]) {
      assert.deepEqual(inShort(lane), ['0-3 waits-for-others', '3-10 on-the-air']);
    }
  });

  it('of a client of whom nothing is known is all waiting', () => {
    const [, client] = lanesOf({});

    assert.deepEqual(inShort(client!), ['0-10 waits-for-others']);
  });
});
