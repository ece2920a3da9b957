import assert from 'node:assert/strict';
import type { MetricRow, PresenceRow, ScriptRow, StepRow } from '../../src/records/rows.js';
import { at, every, when, act, message, entersStep, type ScriptedEntry } from '../../src/script/define.js';
import type { RunControl } from '../../src/script/control.js';
import { protocolRun, type ProtocolRun } from '../run/untrained.js';

const deadlines = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=60`);

/** A run of the tiny scenario without training, with this timeline. */
const scripted = (timeline: readonly ScriptedEntry[], set: readonly string[] = deadlines) =>
  protocolRun(set, { definition: { extends: 'tiny', timeline } });

const noDeadlines = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=null`);

const rowsOf = <T extends MetricRow['type']>({ run }: ProtocolRun, type: T) =>
  run.written.metrics.filter((row): row is Extract<MetricRow, { type: T }> => row.type === type);
const timesOf = (result: ProtocolRun) =>
  rowsOf(result, 'script').map(({ pointer, virtualSeconds }: ScriptRow) => [pointer, virtualSeconds]);
const sentBy = ({ run }: ProtocolRun, link: string, after: number) =>
  run.written.messages.filter(
    ({ from, to, sentVirtualSeconds }) => `${from} ${to}` === link && sentVirtualSeconds >= after,
  );

describe('the timeline of a scenario', () => {
  it('does what is due at a virtual time at that time, in the order of the entries', async () => {
    const said: string[] = [];
    const result = await scripted([
      at(2, () => void said.push('first')),
      at(2, (run) => void said.push(`second at ${run.nowSeconds}`)),
      at(1, () => void said.push('before')),
    ]);
    assert.deepEqual(said, ['before', 'first', 'second at 2']);
    assert.deepEqual(timesOf(result), [
      ['/timeline/2', 1],
      ['/timeline/0', 2],
      ['/timeline/1', 2],
    ]);
  });

  it('repeats what is due every so many seconds, from the first time to the last', async () => {
    const result = await scripted([every(0.5, { fromSeconds: 1, toSeconds: 2 }, act.slow({ factor: 1 }))]);
    assert.deepEqual(
      timesOf(result).map(([, seconds]) => seconds),
      [1, 1.5, 2],
    );
  });

  it('does not hold up a run that is over, however far its moments lie ahead', async () => {
    const plain = await scripted([]);
    const waiting = await scripted([at(1e6, act.stop()), every(10, { fromSeconds: 1e5 }, act.stop())]);
    assert.equal(waiting.ended.reason, 'finished');
    assert.equal(waiting.run.world.clock.nowSeconds, plain.run.world.clock.nowSeconds);
  });

  it('does what waits for an event once, or as often as it says, at the time of the event', async () => {
    const once = await scripted([when(entersStep('client-2', '1.3'), act.slow({ factor: 1 }))]);
    const steps = rowsOf(once, 'step').filter(
      ({ actor, step }: StepRow) => actor === 'client-2' && step === '1.3',
    );
    assert.ok(steps.length > 1);
    assert.deepEqual(timesOf(once), [['/timeline/0', steps[0]!.virtualSeconds]]);
    const entry = { ...when(entersStep('client-2', '1.3'), act.slow({ factor: 1 })), times: 2 };
    assert.equal(timesOf(await scripted([entry])).length, 2);
  });

  it('lets a client crash at a step and come back, and the run goes on', async () => {
    const result = await scripted([
      when(entersStep('client-3', '1.3', { round: 1 }), act.crash('client-3', 5)),
    ]);
    assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
    const turns = rowsOf(result, 'presence').map(({ actor, on, cause }: PresenceRow) => [actor, on, cause]);
    assert.deepEqual(turns, [
      ['client-3', false, 'crash'],
      ['client-3', true, 'crash'],
    ]);
  });

  it('lets a moment to come end what would be a deadlock', async () => {
    const leave = at(0.1, act.leave('client-1'), act.leave('client-2'), act.leave('client-3'));
    const dead = await scripted([leave], noDeadlines);
    assert.equal(dead.ended.reason, 'deadlock');
    const join = at(500, act.join('client-1'), act.join('client-2'), act.join('client-3'));
    const alive = await scripted([leave, join], noDeadlines);
    assert.equal(alive.ended.reason, 'finished', JSON.stringify(alive.ended));
    assert.ok(alive.run.world.clock.nowSeconds > 500);
  });

  it('makes a blackout that messages sent in it wait for, and that the records name', async () => {
    const result = await scripted([at(0.01, act.blackout({ client: 'client-1', seconds: 20 }))]);
    const blamed = result.run.written.messages.filter(({ blackouts }) => blackouts.includes('/timeline/0'));
    assert.ok(blamed.length > 0);
    for (const { from, to, endedVirtualSeconds } of blamed) {
      assert.ok([from, to].includes('client-1'));
      assert.ok(endedVirtualSeconds! >= 20);
    }
  });

  it('loses every attempt for as long as "drop" says, and none after', async () => {
    const result = await scripted(
      [at(0, act.drop({ client: 'client-2', direction: 'uplink', seconds: 30 }))],
      [...deadlines, 'channel.maxTransmissions=1', 'channel.lossProbability=0'],
    );
    const during = sentBy(result, 'client-2 server', 0).filter(
      ({ sentVirtualSeconds }) => sentVirtualSeconds < 30,
    );
    assert.ok(during.length > 0);
    for (const { outcome, reason } of during) assert.deepEqual([outcome, reason], ['dropped', 'fault']);
    const later = sentBy(result, 'client-2 server', 30);
    assert.ok(later.length > 0 && later.every(({ outcome }) => outcome === 'delivered'));
  });

  it('changes a link: a tenth of the rate takes ten times as long on the air', async () => {
    const link = ['channel.fading=none', 'channel.correlation=independent', 'channel.lossProbability=0'];
    const [plain, slow] = await Promise.all([
      scripted([], [...deadlines, ...link]),
      scripted([at(0, act.link({ client: 'client-1', rateFactor: 0.1 }))], [...deadlines, ...link]),
    ]);
    const first = (result: ProtocolRun, kind: string) =>
      result.run.written.messages.find(({ from, kind: own }) => from === 'client-1' && own === kind)!;
    const ratio = first(slow, 'update').onAirSeconds / first(plain, 'update').onAirSeconds;
    assert.ok(Math.abs(ratio - 10) < 1e-3, String(ratio));
  });

  it('changes a link: decibels more of SNR carry what Shannon’s formula says', async () => {
    const link = [
      'channel.fading=none',
      'channel.correlation=independent',
      'channel.lossProbability=0',
      'channel.rate=capacity',
      'channel.uplink.meanSnrDb=0',
    ];
    const run = (timeline: readonly ScriptedEntry[]) => scripted(timeline, [...deadlines, ...link]);
    const [plain, better] = [await run([]), await run([at(0, act.link({ snrOffsetDb: 10 }))])];
    const airtime = (result: ProtocolRun) =>
      result.run.written.messages.find(({ kind }) => kind === 'update')!.onAirSeconds;
    const expected = Math.log2(1 + 1) / Math.log2(1 + 10);
    assert.ok(Math.abs(airtime(better) / airtime(plain) - expected) < 1e-3);
  });

  it('makes tasks that begin later take longer, and no others', async () => {
    const result = await scripted([at(0, act.slow({ client: 'client-1', factor: 3 }))]);
    const plain = await scripted([]);
    const seconds = (one: ProtocolRun, client: string) => {
      const begin = rowsOf(one, 'step').find(
        ({ actor, step }: StepRow) => actor === client && step === '1.3',
      )!;
      return sentBy(one, `${client} server`, 0)[0]!.sentVirtualSeconds - begin.virtualSeconds;
    };
    assert.ok(Math.abs(seconds(result, 'client-1') / seconds(plain, 'client-1') - 3) < 1e-4);
    assert.equal(seconds(result, 'client-2'), seconds(plain, 'client-2'));
  });

  it('changes what a client wants', async () => {
    const result = await scripted([at(1, act.weights('client-2', 0.25))]);
    assert.deepEqual(result.run.world.clients.get('client-2')!.ownWeights, { helpful: 0.25, harmless: 0.75 });
  });

  it('stops the run, which says by which entry', async () => {
    const result = await scripted([when(message({ outcome: 'delivered', kind: 'update' }), act.stop())]);
    assert.deepEqual(result.ended, { reason: 'stopped', by: '/timeline/0' });
  });

  it('fails the run with the cause where a function of the script throws, or names a client that is not there', async () => {
    for (const code of [
      () => assert.fail('mine'),
      (run: RunControl) => run.crash('client-9'),
      (run: RunControl) => run.changeLink({ client: 'client-9' }, { snrOffsetDb: 3 }),
    ]) {
      const { ended } = await scripted([at(1, code)]);
      assert.equal(ended.reason, 'failed');
      assert.match((ended as { cause: string }).cause, /mine|client-9/);
    }
  });

  it('happens alike in two runs: equal trace hashes', async () => {
    const timeline = [
      at(1, act.crash('client-1', 2)),
      every(3, { toSeconds: 20 }, act.link({ snrOffsetDb: -3 })),
    ];
    const [one, two] = [await scripted(timeline), await scripted(timeline)];
    assert.equal(one.run.traceHash(), two.run.traceHash());
    assert.notEqual(one.run.traceHash(), (await scripted([])).run.traceHash());
  });
});
