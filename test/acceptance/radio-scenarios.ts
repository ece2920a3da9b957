import assert from 'node:assert/strict';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import { removeRuns, run, type Run } from './run.js';

/*
 * What README.md and docs/radio.md claim of the scenarios about the radio: they end, and their records show
 * what the link did to the learning. Seed 1, on the WASM backend.
 */

after(removeRuns);

const roundsOf = ({ metrics }: Run, stage: string) =>
  metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === stage);
const uploadsOf = ({ messages }: Run, client: number): readonly MessageRow[] =>
  messages.filter(({ from, copyOf }) => from === `client-${client}` && copyOf === null);
const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

describe('the scenarios about the radio', function () {
  this.timeout(20 * 60e3);

  it('lossy-uplink: lost uploads cost accuracy, and ARQ buys it back for energy', () => {
    const lossy = run('lossy-uplink.json');
    const sure = run('lossy-uplink.json', '--set', 'channel.uplink.lossProbability=0');
    const repeated = run(
      'lossy-uplink.json',
      ...['--set', 'channel.retransmission=arq', '--set', 'channel.maxTransmissions=20'],
    );
    for (const { summary } of [lossy, sure, repeated]) assert.equal(summary.ended.reason, 'finished');
    assert.ok(mean(roundsOf(lossy, 'instruction').map(({ updates }) => updates)) < 3);
    const accuracy = ({ summary }: Run) => summary.stages.instruction!.accuracy!;
    assert.ok(accuracy(lossy) <= accuracy(sure) - 0.02, `${accuracy(lossy)} against ${accuracy(sure)}`);
    // Every update comes through in time, so that the same is learnt.
    assert.equal(accuracy(repeated), accuracy(sure));
    const energy = ({ summary }: Run) => summary.messages.energyJoules;
    assert.ok(energy(repeated) > 2 * energy(sure));
  });

  it('deep-fade: fades that outlast the deadline make updates late, though none is lost', () => {
    const faded = run('deep-fade.json');
    assert.equal(faded.summary.ended.reason, 'finished');
    assert.equal(faded.summary.messages.dropped, 0);
    const rounds = roundsOf(faded, 'instruction');
    assert.ok(rounds.some(({ late }) => late > 0));
    assert.ok(rounds.some(({ updates }) => updates < 6));
    // A sender that is silent waits longer than it is on the air.
    const silent = faded.messages.filter(
      ({ delaySeconds, onAirSeconds }) => delaySeconds! > 2 * onAirSeconds,
    );
    assert.ok(silent.length > 0);
    const samples = faded.messages.flatMap(({ story }) => (story ?? []).flatMap((one) => one.samples ?? []));
    assert.ok(samples.some(({ gain, rateBps }) => gain < 0.2 && rateBps === 0));
    assert.ok(samples.every(({ gain, rateBps }) => (gain < 0.2 ? rateBps === 0 : rateBps > 0)));
  });

  it('cell-edge: the edge pays many times the energy, and its updates are not averaged', () => {
    const cell = run('cell-edge.json');
    assert.equal(cell.summary.ended.reason, 'finished');
    const joules = (clients: readonly number[]) =>
      mean(clients.flatMap((client) => uploadsOf(cell, client)).map(({ energyJoules }) => energyJoules));
    assert.ok(joules([4, 5, 6]) > 5 * joules([1, 2, 3]), `${joules([4, 5, 6])} J, ${joules([1, 2, 3])} J`);
    for (const { updates } of roundsOf(cell, 'instruction')) assert.ok(updates >= 3 && updates <= 4);
  });

  it('mobile: the same message of the same client takes longer or shorter as the client moves', () => {
    const mobile = run('mobile.json');
    assert.equal(mobile.summary.ended.reason, 'finished');
    const spread = [1, 2, 3, 4, 5, 6].map((client) => {
      const seconds = uploadsOf(mobile, client)
        .filter(({ kind }) => kind === 'update')
        .map(({ onAirSeconds }) => onAirSeconds);
      return Math.max(...seconds) / Math.min(...seconds);
    });
    assert.ok(Math.max(...spread) > 3, spread.join(', '));
    assert.ok(roundsOf(mobile, 'instruction').some(({ updates }) => updates < 6));
  });

  it('scripted-fault: what the script names happens to that message, and shows in its round', () => {
    const { summary, messages, metrics } = run('scripted-fault.json');
    assert.equal(summary.ended.reason, 'finished');
    const dropped = messages.filter(({ outcome }) => outcome === 'dropped');
    assert.deepEqual(
      dropped.map(({ from, step, round, reason }) => [from, step, round, reason]),
      [
        ['client-3', '1.3', 2, 'fault'],
        ['client-3', '3.3', 2, 'fault'],
      ],
    );
    const copies = messages.filter(({ copyOf }) => copyOf !== null);
    assert.deepEqual(
      copies.map(({ from, step, round }) => [from, step, round]),
      [['client-2', '1.3', 3]],
    );
    const aligned = metrics.find(
      (row): row is RoundRow => row.type === 'round' && row.stage === 'alignment' && row.round === 2,
    )!;
    assert.deepEqual([aligned.cohort, aligned.updates], [6, 5]);
    // The blackout from 12 s to 22 s: nobody's update is there when a round in it closes.
    const dark = roundsOf({ summary, messages, metrics }, 'instruction').filter(
      ({ virtualSeconds, seconds }) => virtualSeconds < 22 && virtualSeconds - seconds >= 12,
    );
    assert.ok(dark.length > 0 && dark.every(({ updates, loss }) => updates === 0 && loss === null));
    const corrupted = messages
      .filter(({ from, stage }) => from === 'client-1' && stage === 'instruction')
      .map(({ story }) => story!.map(({ lost }) => lost));
    assert.ok(corrupted.every(([first, second]) => first === 'corrupted' && second === null));
  });
});
