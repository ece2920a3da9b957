import assert from 'node:assert/strict';
import { energySummary } from '../../src/records/energy/summary.js';
import { messageLine } from '../../src/records/row-text.js';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import { sum } from '../../src/moments.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/*
 * Whole runs under each allocation, without training: four clients of two speeds at four places, who share 2 MHz.
 */

const band = 2e6;
const device = (gigaflopsPerSecond: number) => ({
  gigaflopsPerSecond,
  share: 1,
  processor: { maxFrequencyHz: 2e9, switchedCapacitance: 1e-28 },
});
const set = [
  ...['clients.count=4', 'clients.weightHarmless=uniform', 'stages=["instruction"]', 'server.quorum=1'],
  ...['channel.uplink.sharing=split-power-kept', `channel.uplink.bandwidthHz=${band}`],
  ...['channel.uplink.meanSnrDb=[0,5,10,20]', 'channel.uplink.powerWatts=0.5'],
  ...['instruction.maxRounds=3', 'instruction.convergence.patience=99', 'instruction.deadlineSeconds=60'],
  `clients.devices=${JSON.stringify([device(0.1), device(0.4)])}`,
];
const steady = 'channel.fading=none';
const allocation = (value: object) => `server.allocation=${JSON.stringify(value)}`;

const roundsOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
const updatesOf = ({ run }: ProtocolRun): readonly MessageRow[] =>
  run.written.messages.filter(({ kind }) => kind === 'update');
const joulesOf = ({ run }: ProtocolRun) => {
  const { devices } = energySummary(run.written.metrics, run.written.messages)!.total;
  return devices.computeJoules + devices.transmitJoules;
};
const finished = async (...more: readonly string[]) => {
  const result = await protocolRun([...set, ...more]);
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return result;
};

describe('the uplink of a round, allotted', () => {
  let equal: ProtocolRun;
  before(async () => {
    equal = await finished(steady);
  });

  it('is as the sharing has it, and rows tell of no allotment, where nothing is allotted', () => {
    for (const update of updatesOf(equal)) assert.ok(!messageLine(update).includes('allotment'));
  });

  it('for least delay lets all updates of a round arrive at once, sooner than with equal shares', async () => {
    const result = await finished(steady, 'server.allocation=min-max-delay');
    const rounds = roundsOf(result);
    rounds.forEach(({ round, seconds }, index) => {
      const updates = updatesOf(result).filter((update) => update.round === round);
      assert.equal(updates.length, 4);
      const ends = updates.map(({ endedVirtualSeconds }) => endedVirtualSeconds!);
      assert.ok(Math.max(...ends) - Math.min(...ends) < 1e-5, ends.join());
      const shares = updates.map(({ allotment }) => allotment!.bandwidthHz);
      assert.ok(Math.abs(sum(shares) / band - 1) < 1e-9, shares.join());
      const before = roundsOf(equal)[index]!.seconds;
      assert.ok(seconds < before, `${seconds} s, with equal shares ${before} s`);
    });
  });

  it('for least energy takes less than equal shares in the time that these take, and no more time', async () => {
    const seconds = Math.max(...updatesOf(equal).map((update) => workSeconds(equal, update)));
    const result = await finished(steady, allocation({ name: 'yang2021', limitSeconds: seconds }));
    assert.ok(joulesOf(result) < joulesOf(equal), `${joulesOf(result)} J, not below ${joulesOf(equal)} J`);
    for (const update of updatesOf(result)) {
      const { plannedSeconds, powerWatts, bandwidthHz } = update.allotment!;
      const taken = workSeconds(result, update);
      assert.ok(Math.abs(taken - seconds) < 1e-5 && Math.abs(plannedSeconds - seconds) < 1e-5, `${taken} s`);
      assert.ok(Math.abs(update.transmitJoules - powerWatts * update.onAirSeconds) < 1e-9);
      assert.ok(bandwidthHz < band && powerWatts <= 0.5);
      const { allotment } = JSON.parse(messageLine(update)) as MessageRow;
      assert.deepEqual(allotment, update.allotment);
    }
  });

  it('for least energy runs each device at the clock that it is allotted: κ C f² joules in C / f seconds', async () => {
    const result = await finished(steady, allocation({ name: 'yang2021', limitSeconds: 30 }));
    for (const { from, allotment, round } of updatesOf(result)) {
      const work = result.run.written.metrics.find(
        (row) => row.type === 'compute' && row.actor === from && row.round === round,
      );
      assert.ok(work?.type === 'compute');
      const frequencyHz = allotment!.frequencyHz!;
      assert.ok(frequencyHz < 2e9);
      assert.ok(Math.abs(work.joules / (1e-28 * frequencyHz ** 3 * work.seconds) - 1) < 1e-6);
    }
  });

  const chen = { name: 'chen2021', resourceBlocks: 2, limitSeconds: 30, limitJoules: 50 };

  it('in blocks asks as many as there are blocks, and loses packets at the rates that it reckoned with', async () => {
    const result = await finished(
      allocation(chen),
      'channel.retransmission=none',
      'instruction.maxRounds=60',
    );
    const updates = updatesOf(result);
    for (const { cohort } of roundsOf(result)) assert.equal(cohort, 2);
    assert.equal(updates.length, 120);
    for (const { allotment } of updates) assert.equal(allotment!.bandwidthHz, band / 2);
    const lost = updates.filter(({ outcome }) => outcome === 'dropped');
    assert.ok(lost.every(({ reason }) => reason === 'loss'));
    const rates = updates.map(({ allotment }) => allotment!.lossProbability);
    const deviation = Math.sqrt(sum(rates.map((rate) => rate * (1 - rate))));
    assert.ok(
      Math.abs(lost.length - sum(rates)) < 4 * deviation,
      `${lost.length} lost, expected ${sum(rates)}`,
    );
  });

  it('in blocks reckons with the interference of each', async () => {
    const noisy = 'channel.uplink.interference={"aboveNoiseDb":[10,-10]}';
    const result = await finished(allocation(chen), 'clients.count=2', 'channel.uplink.meanSnrDb=5', noisy);
    // I/N is 10 and 0.1, in the mean 5.05.
    const factors = [6.05 / 11, 6.05 / 1.1];
    for (const { allotment } of updatesOf(result)) {
      assert.ok(Math.abs(allotment!.snrFactor / factors[allotment!.block! - 1]! - 1) < 1e-12);
    }
    const lossOn = (block: number) =>
      updatesOf(result).find(({ allotment }) => allotment!.block === block)!.allotment!.lossProbability;
    assert.ok(lossOn(2) < lossOn(1));
  });

  it('in blocks leaves a round without clients to its deadline where nobody keeps to the limits', async () => {
    const result = await finished(allocation({ ...chen, limitJoules: 1e-9 }));
    assert.deepEqual(
      roundsOf(result).map(({ seconds, cohort, closedBy }) => [seconds, cohort, closedBy]),
      Array.from({ length: 3 }, () => [60, 0, 'deadline']),
    );
  });
});

/** From the arrival of the order to that of the update. */
function workSeconds({ run }: ProtocolRun, update: MessageRow): number {
  const order = run.written.messages.find(
    ({ from, to, round }) => from === 'server' && to === update.from && round === update.round - 1,
  );
  return update.endedVirtualSeconds! - order!.endedVirtualSeconds!;
}

describe('a row of messages.jsonl', () => {
  it('has each key that only some scenarios have', async () => {
    const scheduled = ['channel.uplink.sharing=equal', 'channel.story=attempts', 'instruction.maxRounds=1'];
    const [update] = updatesOf(await finished(steady, ...scheduled));
    const row = JSON.parse(messageLine(update!)) as MessageRow;
    assert.deepEqual(Object.keys(row).sort(), Object.keys(update!).sort());
    assert.ok(row.bandShare! > 0 && row.story!.length === 1);
  });
});

describe('an allocation that does not fit its scenario', () => {
  const refused: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'is refused where clients do not share a band': [
      ['channel.uplink.sharing=tdma'],
      /\/channel\/uplink\/sharing: .*"split-power-kept" where \/server\/allocation is "min-max-delay"/,
    ],
    'is refused where there are no rounds': [
      ['server.discipline=asynchronous'],
      /\/server\/discipline: .*"synchronous" where \/server\/allocation is "min-max-delay"/,
    ],
    'is refused where a rate does not follow it': [
      ['channel.rate=fixed'],
      /\/channel\/rate: .*"capacity", "cutoff" or "mcs"/,
    ],
    'is refused where its law of fading is another': [
      [steady, allocation({ name: 'chen2021', resourceBlocks: 2, limitSeconds: 1, limitJoules: 1 })],
      /\/channel\/fading: .*"rayleigh" where/,
    ],
    'is refused where interference has other blocks': [
      ['channel.uplink.interference={"aboveNoiseDb":[1,2]}'],
      /\/channel\/uplink\/interference: .*one level where/,
    ],
    'is refused without the limits that it needs': [['server.allocation=yang2021'], /\/server\/allocation/],
  };
  for (const [title, [changes, message]] of Object.entries(refused)) {
    it(title, async () => {
      const written = changes.some((change) => change.startsWith('server.allocation'))
        ? changes
        : ['server.allocation=min-max-delay', ...changes];
      await assert.rejects(protocolRun([...set, ...written]), message);
    });
  }
});
