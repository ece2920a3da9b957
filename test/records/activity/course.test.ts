import assert from 'node:assert/strict';
import type { ActivityRows } from '../../../src/records/activity/activity.js';
import { Course } from '../../../src/records/activity/course.js';
import { lanes } from '../../../src/records/activity/lanes.js';
import { protocolRun } from '../../run/untrained.js';

/*
 * Lanes that grow with a run, beside those that are made of all of its rows at once.
 */

const slowly = [
  'clients.count=6',
  'clients.weightHarmless=uniform',
  'data.synthetic.facts=0',
  'server.quorum=1',
  'instruction.maxRounds=4',
  'reward.maxRounds=3',
  'alignment.maxRounds=3',
  ...['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=6`),
];

const cases = [
  ['with losses, attempts known', ['channel.story=attempts', 'channel.lossProbability=0.2']],
  [
    'whose messages overtake each other',
    [
      'channel.faults=[{"effect":"delay","delaySeconds":9,"probability":0.4},{"effect":"duplicate","client":2}]',
    ],
  ],
  ['with resets', ['server.late=reset']],
  ['asynchronous', ['server.discipline=asynchronous', 'server.aggregation=fedasync']],
  [
    'with blackouts, of clients that come and go',
    [
      'channel.faults=[{"effect":"blackout","fromSeconds":1,"toSeconds":9}]',
      'clients.presence={"name":"markov","onSeconds":20,"offSeconds":6}',
    ],
  ],
] as const;

describe('the course of a run that goes on', () => {
  for (const [title, set] of cases) {
    it(`is at its end what it is of all rows at once: ${title}`, async () => {
      const rows = await rowsOf([...slowly, ...set]);
      const course = new Course(rows);
      for (const part of parts(rows)) for (const _ of course.grow(part));

      assert.deepEqual(plain(course.lanes), plain(lanes(rows)));
    });
  }

  it('is whole at every time', async () => {
    const rows = await rowsOf(slowly);
    const course = new Course(rows);
    for (const part of parts(rows)) {
      for (const _ of course.grow(part));
      assert.deepEqual(plain(course.lanes), plain(lanes(part)));
    }
  });
});

const plain = (some: Course['lanes']) => some.map(({ actor, activities }) => ({ actor, activities }));

async function rowsOf(set: readonly string[]): Promise<ActivityRows> {
  const { run } = await protocolRun(set);
  const { world, written } = run;
  const clients = [...world.clients.keys()];
  return { clients, scenario: world.scenario, ...written, endSeconds: world.clock.nowSeconds };
}

/** The rows up to each of some times; of the messages some come late, as those do whose fate is open. */
function parts(rows: ActivityRows): ActivityRows[] {
  const times = Array.from({ length: 30 }, (_, index) => (rows.endSeconds * (index + 1)) / 30);
  return times.map((endSeconds, index): ActivityRows => {
    if (index === times.length - 1) return rows;
    const isTold = (seconds: number | null) => seconds !== null && seconds <= endSeconds;
    const metrics = rows.metrics.findIndex((row) => 'virtualSeconds' in row && !isTold(row.virtualSeconds));
    const messages = rows.messages.findIndex((row) => !isTold(row.endedVirtualSeconds));
    const late = index % 4;
    return {
      ...rows,
      endSeconds,
      metrics: rows.metrics.slice(0, metrics < 0 ? undefined : metrics),
      messages: rows.messages.slice(0, Math.max(0, (messages < 0 ? rows.messages.length : messages) - late)),
    };
  });
}
