import assert from 'node:assert/strict';
import { groupedBy } from '../../../src/grouped.js';
import type { Activity, ActivityKind, Lane } from '../../../src/records/activity/activity.js';
import { lanes } from '../../../src/records/activity/lanes.js';
import { timeSpent, TimeSpentSum } from '../../../src/records/activity/time-spent.js';
import type { TimeSpent } from '../../../src/records/summary.js';
import { sum } from '../../../src/moments.js';
import type { RunEvent } from '../../../src/records/run-event.js';
import { protocolRun } from '../../run/untrained.js';

/*
 * Whole runs without training: what the records say of each actor, beside what the actors themselves were seen to do.
 */

const slowly = [
  'clients.count=6',
  'clients.weightHarmless=uniform',
  'data.synthetic.facts=0',
  `clients.devices=${JSON.stringify([64, 16, 4].map((gigaflopsPerSecond) => ({ gigaflopsPerSecond, share: 1 / 3 })))}`,
  'server.quorum=1',
  'instruction.maxRounds=4',
  'reward.maxRounds=3',
  'alignment.maxRounds=3',
];
const deadlines = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=6`);
const comesAndGoes = 'clients.presence={"name":"markov","onSeconds":20,"offSeconds":6}';
const blackout = 'channel.faults=[{"effect":"blackout","client":2,"fromSeconds":1,"toSeconds":9}]';
const lostUpdates = 'channel.faults=[{"effect":"drop","direction":"uplink"}]';
const losses = 'channel.lossProbability=0.2';

type Case = readonly [title: string, set: readonly string[], shows?: readonly ActivityKind[]];

const cases: readonly Case[] = [
  ['synchronous', [], ['on-the-air', 'training', 'waits-for-others']],
  ['with deadlines and lost updates', [...deadlines, lostUpdates], ['waits-for-deadline']],
  ['with losses, attempts known', ['channel.story=attempts', losses], ['waits-for-link']],
  ['with resets', [...deadlines, 'server.late=reset']],
  ['with urgent requests', ['server.discipline=semi-asynchronous', 'server.late=urge']],
  [
    'over-selection',
    [
      'server.discipline={"name":"over-selection","factor":1.5}',
      'server.selection=random',
      'server.selectionFraction=0.5',
    ],
  ],
  ['asynchronous', ['server.discipline=asynchronous', 'server.aggregation=fedasync']],
  ['asynchronous, attempts known', ['server.discipline=asynchronous', 'channel.story=attempts', losses]],
  [
    'buffered',
    ['server.discipline={"name":"buffered","size":3,"concurrency":5}', 'server.aggregation=fedbuff'],
  ],
  ['semi-asynchronous with resets', ['server.discipline=semi-asynchronous', ...deadlines]],
  ['tiers', ['server.discipline=tiers']],
  ['timed', ['server.discipline={"name":"timed","everySeconds":5}']],
  ['a blackout', [blackout], ['blackout']],
  ['a blackout, attempts known', [blackout, 'channel.story=attempts'], ['blackout']],
  ['clients that come and go', [comesAndGoes, ...deadlines], ['off']],
  ['the same, asynchronous', [comesAndGoes, 'server.discipline=asynchronous'], ['off']],
  ['an end in the middle', ['limits.virtualSeconds=9']],
];

describe('the lanes of a run', () => {
  for (const [title, set, shows = []] of cases) {
    it(`cover it without overlaps, agree with what was seen, and add up: ${title}`, async () => {
      const { seen, lanes, rows, counted } = await observed([...slowly, ...set]);
      const { endSeconds } = rows;

      for (const lane of lanes) assertWhole(lane, endSeconds);
      for (const { actor, activities } of lanes.slice(1)) {
        assert.deepEqual(spansOf(activities), seen.get(actor) ?? [], actor);
      }
      const kinds = new Set(lanes.flatMap(({ activities }) => activities.map(({ kind }) => kind)));
      assert.deepEqual(
        shows.filter((kind) => !kinds.has(kind)),
        [],
      );
      const spent = timeSpent(rows);
      assert.ok(Math.abs(sumOf(spent) - endSeconds) < 1e-6);
      assert.deepEqual(counted.upTo(endSeconds), spent, 'counted after every row, to the last bit');
    });
  }
});

/** All of its figures; they are the numbers that it has. */
const sumOf = (spent: TimeSpent) => sum(Object.values(spent).filter((value) => typeof value === 'number'));

const working = [
  'instructionTuning.tuning',
  'rewardLearning.training',
  'alignmentTuning.freezing',
  'alignmentTuning.aligning',
];

async function observed(set: readonly string[]) {
  const states: (RunEvent & { type: 'actor' })[] = [];
  let counted: TimeSpentSum | undefined;
  const next = (event: RunEvent) => {
    if (event.type === 'manifest') {
      const { clients, scenario } = event.manifest;
      counted = new TimeSpentSum({ clients: clients.map(({ id }) => id), scenario }, 1);
    }
    if (event.type === 'row') counted!.metric(event.row);
    if (event.type === 'message') counted!.message(event.row);
    if (event.type === 'actor' && /^client-\d+$/.test(event.actor)) states.push(event);
  };
  const { run } = await protocolRun(set, { observers: [{ actors: true, next }] });
  const { world, written } = run;
  const endSeconds = world.clock.nowSeconds;
  const rows = { clients: [...world.clients.keys()], scenario: world.scenario, ...written, endSeconds };
  const seen = new Map(
    [...groupedBy(states, ({ actor }) => actor)].map(([actor, own]) => {
      const spans = own.map(({ state, virtualSeconds }, index) => ({
        state,
        fromSeconds: virtualSeconds,
        toSeconds: own[index + 1]?.virtualSeconds ?? endSeconds,
      }));
      return [actor, joined(spans.filter(({ state }) => working.includes(state)))];
    }),
  );
  return { seen, lanes: lanes(rows), rows, counted: counted! };
}

function assertWhole({ actor, activities }: Lane, endSeconds: number): void {
  assert.equal(activities[0]!.fromSeconds, 0, actor);
  assert.equal(activities.at(-1)!.toSeconds, endSeconds, actor);
  activities.forEach(({ fromSeconds, toSeconds }, index) => {
    assert.ok(toSeconds > fromSeconds, `${actor}: ${fromSeconds}`);
    assert.equal(activities[index + 1]?.fromSeconds ?? endSeconds, toSeconds, actor);
  });
}

const spansOf = (activities: readonly Activity[]) =>
  joined(activities.filter(({ kind }) => kind === 'training'));

/** Spans that follow each other at once are one. */
function joined(spans: readonly { fromSeconds: number; toSeconds: number }[]): number[][] {
  const all: number[][] = [];
  for (const { fromSeconds, toSeconds } of spans) {
    if (toSeconds === fromSeconds) continue;
    const last = all.at(-1);
    if (last?.[1] === fromSeconds) last[1] = toSeconds;
    else all.push([fromSeconds, toSeconds]);
  }
  return all;
}
