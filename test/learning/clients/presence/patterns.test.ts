import assert from 'node:assert/strict';
import { battery } from '../../../../src/learning/clients/presence/battery.js';
import { daily } from '../../../../src/learning/clients/presence/daily.js';
import { markov } from '../../../../src/learning/clients/presence/markov.js';
import { parseOnTrace } from '../../../../src/learning/clients/presence/on-trace.js';
import type { DeviceLoad, PresencePattern } from '../../../../src/learning/clients/presence/pattern.js';
import { VirtualClock } from '../../../../src/simulation/clock/virtual-clock.js';

const clients = ['client-1', 'client-2', 'client-3'];
const shared = { seed: 1, clients, trace: null };

/** When a client is turned, until so many seconds have passed; `load` does what the device does. */
async function turns(
  pattern: PresencePattern,
  client: string,
  untilSeconds: number,
  load: (load: DeviceLoad, clock: VirtualClock) => void = () => {},
): Promise<readonly (readonly [seconds: number, on: boolean])[]> {
  const clock = new VirtualClock();
  const log: [number, boolean][] = [];
  const own = pattern.follow?.({
    client,
    nowSeconds: () => clock.nowSeconds,
    after: (seconds, fire) => clock.at(seconds, fire),
    turn: (on) => log.push([clock.nowSeconds, on]),
    tellCharge: () => {},
  });
  if (own) load(own, clock);
  await clock.run({ untilSeconds });
  return log;
}

describe('Markov presence', () => {
  const pattern = markov.make({ ...shared, onSeconds: 3, offSeconds: 1 });

  it('is on in the long run for on / (on + off) of the time', async () => {
    const untilSeconds = 20_000;
    const log = await turns(pattern, 'client-1', untilSeconds);
    const ends = [...log.slice(1).map(([seconds]) => seconds), untilSeconds];
    const first = pattern.startsOn('client-1') ? log[0]![0] : 0;
    const onSeconds = log.reduce((sum, [seconds, on], i) => sum + (on ? ends[i]! - seconds : 0), first);
    // Some 5000 cycles; the standard error of the share is about sqrt(2 · 0.75² · 0.25² / 5000) = 0.0038.
    assert.ok(Math.abs(onSeconds / untilSeconds - 0.75) < 4 * 0.0038, String(onSeconds / untilSeconds));
  });

  it('starts by the same law: stationary from 0 s on', () => {
    const many = Array.from({ length: 4000 }, (_, i) => pattern.startsOn(`client-${i}`));
    const share = many.filter(Boolean).length / many.length;
    assert.ok(Math.abs(share - 0.75) < 4 * Math.sqrt((0.75 * 0.25) / 4000), String(share));
  });

  it('turns each client by draws of its own, the same in every run', async () => {
    const log = await turns(pattern, 'client-1', 100);
    assert.deepEqual(await turns(pattern, 'client-1', 100), log);
    assert.notDeepEqual(await turns(pattern, 'client-2', 100), log);
    assert.ok(log.every(([, on], i) => i === 0 || on !== log[i - 1]![1]));
  });
});

describe('daily presence', () => {
  const header = 'client,fromSeconds,toSeconds';
  const trace = (...rows: string[]) => parseOnTrace([header, ...rows].join('\n'), 'on.csv', 100);
  const patternOf = (...rows: string[]) =>
    daily.make({ ...shared, trace: trace(...rows), file: 'on.csv', periodSeconds: 100 });

  it('is on in the times of the file, period by period', async () => {
    const pattern = patternOf('phone,60,70', 'phone,10,20');
    assert.equal(pattern.startsOn('client-1'), false);
    assert.deepEqual(await turns(pattern, 'client-1', 165), [
      [10, true],
      [20, false],
      [60, true],
      [70, false],
      [110, true],
      [120, false],
      [160, true],
    ]);
  });

  it('is on over the end of a period where both of its ends are', async () => {
    const pattern = patternOf('phone,80,100', 'phone,0,20');
    assert.equal(pattern.startsOn('client-1'), true);
    assert.deepEqual(await turns(pattern, 'client-1', 200), [
      [20, false],
      [80, true],
      [120, false],
      [180, true],
    ]);
    assert.deepEqual(await turns(patternOf('phone,0,50', 'phone,50,100'), 'client-1', 500), []);
  });

  it('gives the devices of the file to the clients in turn', () => {
    const pattern = patternOf('a,0,50', 'b,50,100');
    assert.deepEqual(clients.map(pattern.startsOn), [true, false, true]);
  });

  for (const [rows, message] of [
    [[], 'on.csv: has no rows, expected at least one below the header'],
    [['a,1'], 'on.csv:2: is "a,1", expected a name and two numbers of seconds'],
    [['a,0,10', 'a,x,20'], 'on.csv:3: fromSeconds is "x", expected a number of seconds from 0'],
    [
      ['a,20,10'],
      'on.csv:2: toSeconds is 10, expected more than fromSeconds, 20; split a time over the end of the period ' +
        'into two rows',
    ],
    [['a,0,101'], 'on.csv:2: toSeconds is 101, expected at most periodSeconds, 100'],
    [
      ['a,0,30', 'b,0,30', 'a,20,40'],
      'on.csv:4: fromSeconds is 20, expected times of one client that do not overlap; another one ends at 30',
    ],
  ] as const) {
    it(`refuses a file: ${message}`, () => {
      assert.throws(() => trace(...rows), { message });
    });
  }

  it('refuses a file without its header', () => {
    assert.throws(() => parseOnTrace('1,2,3', 'on.csv', 100), {
      message: `on.csv:1: is "1,2,3", expected a header line "${header}"`,
    });
  });
});

describe('battery presence', () => {
  const settings = {
    ...shared,
    capacityJoules: 100,
    startShare: 1,
    computeWatts: 2,
    chargeWatts: 5,
    chargeFromSeconds: 200,
    chargeToSeconds: 300,
    periodSeconds: 1000,
    restartShare: 0.5,
  };

  it('is off when computing has emptied it, and on when charged to the restart share', async () => {
    // 100 J at 2 W last 50 s; 50 J at 5 W from 200 s on take 10 s.
    const log = await turns(battery.make(settings), 'client-1', 900, (load, clock) => {
      load.computes(2);
      clock.at(50.5, () => load.computes(0));
    });
    assert.deepEqual(log, [
      [50, false],
      [210, true],
    ]);
  });

  it('pays for its radio at once', async () => {
    const log = await turns(battery.make(settings), 'client-1', 100, (load, clock) => {
      clock.at(1, () => load.spend(60));
      clock.at(2, () => load.spend(39));
      clock.at(3, () => load.spend(2));
    });
    assert.deepEqual(log, [[3, false]]);
  });

  it('holds no more than its capacity, and computes on while charging gives more than it takes', async () => {
    // Full at 0 s, charged from 0 s to 100 s at a net 3 W, which cannot be kept; then 2 W for 50 s.
    const charged = { ...settings, chargeFromSeconds: 0, chargeToSeconds: 100 };
    const log = await turns(battery.make(charged), 'client-1', 900, (load) => load.computes(2));
    assert.deepEqual(log[0], [150, false]);
  });

  it('charges over the end of the period', async () => {
    // From 900 s to 100 s: empty at 150 s (100 s of which were charged), charged from 900 s on.
    const night = { ...settings, chargeFromSeconds: 900, chargeToSeconds: 100 };
    const log = await turns(battery.make(night), 'client-1', 1000, (load, clock) => {
      load.computes(2);
      clock.at(150.5, () => load.computes(0));
    });
    assert.deepEqual(log, [
      [150, false],
      [910, true],
    ]);
  });

  it('is off for good without charging, and keeps nothing waiting', async () => {
    const log = await turns(battery.make({ ...settings, chargeWatts: 0 }), 'client-1', 1e6, (load) =>
      load.spend(100),
    );
    assert.deepEqual(log, [[0, false]]);
  });
});
