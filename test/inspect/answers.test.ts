import assert from 'node:assert/strict';
import { answers, mostRows } from '../../src/inspect/answers.js';
import { UserError } from '../../src/errors.js';
import type { MessageRow } from '../../src/records/rows.js';
import { madeUpView } from '../cli/page/served.js';

const query = (text = '') => new URLSearchParams(text);

describe('what the page is told of a run', () => {
  const view = madeUpView();

  it('what it is, and how far it is', () => {
    const run = answers.run(view);
    assert.deepEqual([run.clients, run.events, run.isLive], [['client-1', 'client-2'], 1, false]);
    assert.equal(run.messages, view.messages.length);
    assert.equal(run.rounds, view.metrics.filter(({ type }) => type === 'round').length);
  });

  it('the state before the first event, and after the last where no place is named', () => {
    assert.deepEqual(answers.state(view, query('at=-1')), {
      ...{ at: -1, virtualSeconds: 0, event: null, counts: null },
      states: { 'client-1': 'waiting' },
    });
    const { at, virtualSeconds, states, counts } = answers.state(view, query('actor=client-1'));
    assert.deepEqual([at, virtualSeconds, states], [0, 1, { 'client-1': 'receiving' }]);
    assert.deepEqual(counts, {
      states: { receiving: 1 },
      transitions: { 'client.waiting|download.delivered|0': 1 },
    });
  });

  it('the messages that were on their way in a window, by the time of sending', () => {
    const [from, to] = [19, 23];
    const { messages, total } = answers.messages(view, query(`from=${from}&to=${to}&limit=500`));
    const expected = view.messages.filter(
      ({ sentVirtualSeconds, endedVirtualSeconds }) =>
        sentVirtualSeconds <= to && (endedVirtualSeconds ?? Infinity) >= from,
    );
    assert.ok(expected.length > 0);
    assert.equal(total, expected.length);
    assert.deepEqual(idsOf(messages), idsOf(expected));
    const times = messages.map(({ sentVirtualSeconds }) => sentVirtualSeconds);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(messages.every((row) => !('params' in row) && !('story' in row)));
  });

  it('those of one client alone', () => {
    const { messages } = answers.messages(view, query('client=client-2&limit=500'));
    assert.deepEqual(
      idsOf(messages),
      idsOf(view.messages.filter(({ from, to }) => from === 'client-2' || to === 'client-2')),
    );
  });

  it('at most so many rows at once', () => {
    const { messages, total } = answers.messages(view, query('limit=3'));
    assert.deepEqual([messages.length, total], [3, view.messages.length]);
    const long = {
      ...view,
      messages: Array.from({ length: 2 * mostRows }, (_, id) => ({ ...view.messages[0]!, id })),
    };
    assert.equal(answers.messages(long, query('limit=99999')).messages.length, mostRows);
  });

  it('all of one message, with the faults that the script had for it', () => {
    const { scenario } = view.manifest;
    const upload = view.messages.find(({ to, round }) => to === 'server' && round === 2)!;
    const faults = [
      { effect: 'drop', client: 2, direction: 'uplink', stage: 'instruction' },
      { effect: 'slow', client: 1, direction: 'uplink' },
      { effect: 'corrupt', client: 1, round: 3 },
      { effect: 'blackout', fromSeconds: 0, toSeconds: 1e6 },
    ] as const;
    const scripted = {
      ...view,
      manifest: {
        ...view.manifest,
        scenario: { ...scenario, channel: { ...scenario.channel, faults: [...faults] } },
      },
    };
    assert.equal(upload.from, 'client-1');
    assert.deepEqual(answers.message(scripted, query(`id=${upload.id}`)).faults, [
      { pointer: '/channel/faults/1', effect: 'slow' },
      { pointer: '/channel/faults/3', effect: 'blackout' },
    ]);
    assert.deepEqual(answers.message(view, query(`id=${upload.id}`)), { ...upload, faults: [] });
  });

  it('figures over the clients, and of one', () => {
    const { measured, rounds } = answers.figures(view, query());
    const [first] = measured.filter(({ stage, round }) => stage === 'instruction' && round === 1);
    const accuracies = view.metrics.flatMap((row) =>
      row.type === 'client' && row.task === 'evaluate' && row.round === 1 ? [row.metrics['accuracy']!] : [],
    );
    assert.equal(accuracies.length, 2);
    const { mean, least, greatest } = first!.metrics['accuracy']!;
    assert.ok(Math.abs(mean - (accuracies[0]! + accuracies[1]!) / 2) < 1e-12);
    assert.deepEqual([least, greatest], [Math.min(...accuracies), Math.max(...accuracies)]);

    const own = answers.figures(view, query('client=client-2')).measured;
    const [of2] = own.filter(({ stage, round }) => stage === 'instruction' && round === 1);
    assert.equal(of2!.metrics['accuracy']!.mean, accuracies[1]);
    assert.equal(rounds.length, view.metrics.filter(({ type }) => type === 'round').length);
    const ended = view.messages.filter((row) => row.endedVirtualSeconds! <= rounds[0]!.virtualSeconds);
    const joules = ended.reduce((sum, { energyJoules }) => sum + energyJoules, 0);
    assert.ok(Math.abs(rounds[0]!.joules - joules) < 1e-9);
  });

  it('a line for each client', () => {
    const [one] = answers.clients(view);
    const own = view.messages.filter(({ from }) => from === 'client-1');
    assert.equal(one!.id, 'client-1');
    assert.ok(Math.abs(one!.joules - own.reduce((sum, { energyJoules }) => sum + energyJoules, 0)) < 1e-9);
    assert.equal(one!.averaged, own.filter(({ aggregatedIn }) => aggregatedIn !== null).length);
  });

  it('the lanes of a window, and the versions in it', async () => {
    const whole = await answers.timeline({ ...view, virtualSeconds: 200 }, query());
    assert.deepEqual(
      whole.lanes.map(({ actor }) => actor),
      ['server', 'client-1', 'client-2'],
    );
    const { lanes, versions } = await answers.timeline(
      { ...view, virtualSeconds: 200 },
      query('from=10&to=30'),
    );
    for (const { activities } of lanes) {
      assert.ok(activities.every(({ fromSeconds, toSeconds }) => toSeconds > 10 && fromSeconds < 30));
    }
    assert.ok(versions.every(({ virtualSeconds }) => virtualSeconds >= 10 && virtualSeconds <= 30));
    assert.ok(versions.length > 0);
  });

  it('and what is not understood, in one line', async () => {
    for (const [name, text] of [
      ['state', 'at=x'],
      ['state', 'at=-2'],
      ['events', 'from=0.5'],
      ['message', 'id=99999'],
      ['timeline', 'to=soon'],
      ['timeline', 'pixels=1.5'],
    ] as const) {
      await assert.rejects(
        async () => answers[name](view, query(text)),
        (error) => error instanceof UserError && !error.message.includes('\n'),
        `${name}?${text}`,
      );
    }
  });
});

const idsOf = (rows: readonly Pick<MessageRow, 'id'>[]) => rows.map(({ id }) => id).toSorted((a, b) => a - b);
