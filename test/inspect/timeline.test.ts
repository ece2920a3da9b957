import assert from 'node:assert/strict';
import { timelineOf } from '../../src/inspect/timeline.js';
import type { RunView } from '../../src/inspect/run-view.js';
import type { MessageRow, MetricRow } from '../../src/records/rows.js';
import { madeUpView } from '../cli/page/served.js';
import { closed, message, step, trained } from '../records/activity/made-up-rows.js';

/*
 * A run of two clients that goes on: every round, of 10 s, has a download of 2 s, training of 3 s and an upload of
 * 1 s; at its end all wait for 4 s.
 */

const clients = ['client-1', 'client-2'];

const metricsOf = (round: number): MetricRow[] => {
  const begun = 10 * (round - 1);
  return [
    ...clients.map((client) => step(client, '1.3', begun + 2, round)),
    ...clients.map((client) => trained(client, begun + 5)),
    closed(begun + 10, 'answers', { round }),
  ];
};
const messagesOf = (round: number): MessageRow[] => {
  const begun = 10 * (round - 1);
  return clients.flatMap((client) => [
    message('model', client, begun, begun + 2, { round: round - 1 }),
    message('update', client, begun + 5, begun + 6, { round }),
  ]);
};

/** Rows that count how often one of them is asked for. */
function counted<Row>(rows: readonly Row[]) {
  const counter = {
    reads: 0,
    rows: new Proxy(rows, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) counter.reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    }),
  };
  return counter;
}

function runOf(rounds: number) {
  const numbers = Array.from({ length: rounds }, (_, index) => index + 1);
  const all = { metrics: numbers.flatMap(metricsOf), messages: numbers.flatMap(messagesOf) };
  const [metrics, messages] = [counted(all.metrics), counted(all.messages)];
  const { manifest, ...view } = madeUpView();
  const scenario = { ...manifest.scenario, stages: ['instruction' as const] };
  const run = {
    ...view,
    manifest: { ...manifest, scenario },
    metrics: metrics.rows,
    messages: messages.rows,
    virtualSeconds: 10 * rounds,
  } satisfies RunView;
  return { all, run, reads: () => metrics.reads + messages.reads };
}

const whole = ({ virtualSeconds: toSeconds }: RunView) => ({ fromSeconds: 0, toSeconds });

describe('the timeline of a run', () => {
  it('reads only rows that are new, where the run has gone on', async () => {
    const { all, run, reads } = runOf(50);
    await timelineOf(run, whole(run), 1000);
    const before = reads();
    assert.ok(before >= all.metrics.length + all.messages.length);

    all.metrics.push(...metricsOf(51));
    all.messages.push(...messagesOf(51));
    run.virtualSeconds = 510;
    const { lanes } = await timelineOf(run, { fromSeconds: 500, toSeconds: 510 }, 1000);

    const added = metricsOf(51).length + messagesOf(51).length;
    const shown = lanes.flatMap(({ activities }) => activities).length;
    assert.ok(reads() - before <= added + shown, `${reads() - before} reads of ${added} rows`);
    assert.deepEqual(
      lanes[1]!.activities.map(({ kind, fromSeconds, toSeconds }) => [kind, fromSeconds, toSeconds]),
      [
        ['on-the-air', 500, 502],
        ['training', 502, 505],
        ['on-the-air', 505, 506],
        ['waits-for-others', 506, 510],
      ],
    );
  });

  it('lets others work while it reads a long run', async () => {
    const { run } = runOf(2000);
    let [turns, isDone] = [0, false];
    const others = () => {
      turns += 1;
      if (!isDone) setImmediate(others);
    };
    setImmediate(others);
    await timelineOf(run, whole(run), 1000);
    isDone = true;

    // 10,000 rows of metrics.jsonl, 8,000 of messages.jsonl, in slices of 2,000; and three lanes.
    assert.ok(turns >= 9, `${turns} turns`);
  });

  it('answers questions that come together one after the other', async () => {
    const { run } = runOf(2000);
    const [one, other] = await Promise.all([
      timelineOf(run, whole(run), 300),
      timelineOf(run, whole(run), 300),
    ]);
    assert.deepEqual(one, other);
  });

  it('has no more of a lane than a picture has pixels, and in each what took most of its time', async () => {
    const { run } = runOf(2000);
    const { lanes, versions } = await timelineOf(run, whole(run), 100);

    assert.ok(versions.length <= 101, `${versions.length} versions`);
    for (const { actor, activities } of lanes) {
      // A pixel is twenty rounds, of each of which 4 s of 10 go into waiting, and 8 s of the server's.
      assert.deepEqual(
        activities.map(({ kind, fromSeconds, toSeconds }) => [kind, fromSeconds, toSeconds]),
        [['waits-for-others', 0, 20_000]],
        actor,
      );
    }
  });

  it('has all of a window where there is room for it', async () => {
    const { run } = runOf(2000);
    const { lanes, versions } = await timelineOf(run, { fromSeconds: 10_001, toSeconds: 10_010 }, 100);

    assert.deepEqual(
      versions.map(({ virtualSeconds }) => virtualSeconds),
      [10_010],
    );
    assert.deepEqual(
      lanes[2]!.activities.map(({ kind, fromSeconds }) => [kind, fromSeconds]),
      [
        ['on-the-air', 10_000],
        ['training', 10_002],
        ['on-the-air', 10_005],
        ['waits-for-others', 10_006],
      ],
    );
  });
});
