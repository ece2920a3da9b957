import assert from 'node:assert/strict';
import { stages } from '../../machines/protocol.js';
import { mean } from '../../src/moments.js';
import { CostsByRound } from '../../src/records/report/series.js';
import { readWhole } from '../../src/records/row-reader.js';
import type { RoundRow } from '../../src/records/rows.js';
import { stageSummaries } from '../../src/records/summarize.js';
import { protocolRun } from './untrained.js';

const near = (found: number, expected: number, what: string) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, expected), `${what}: ${found}, not ${expected}`);

/** Radio and servers by which a round's messages come late, twice, not at all, or from outside of its cohort. */
const settings: Readonly<Record<string, readonly string[]>> = {
  'of a sound run': [],
  'of cohorts drawn at random with late updates': [
    ...[
      'clients.count=6',
      'clients.weightHarmless=uniform',
      'server.selection=random',
      'server.selectionFraction=0.5',
      'server.quorum=1',
    ],
    ...['instruction.maxRounds=5', 'instruction.deadlineSeconds=12', 'channel.uplink.lossProbability=0.3'],
    'channel.faults=[{"effect":"slow","client":2,"kind":"update","round":1,"factor":0.02}]',
  ],
  'where everything arrives twice': ['channel.faults=[{"effect":"duplicate","delaySeconds":0.3}]'],
  'where clients miss the end of a stage': [
    'channel.faults=[{"effect":"drop","client":2,"direction":"downlink","round":2}]',
  ],
};

for (const [name, set] of Object.entries(settings)) {
  describe(`what a round costs, ${name}`, () => {
    let rounds: RoundRow[] = [];
    let run: Awaited<ReturnType<typeof protocolRun>>['run'];
    before(async () => {
      const result = await protocolRun(set);
      assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
      run = result.run;
      rounds = run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
    });

    it('is in the mean what the clients’ lines say, in every round and stage, and what its row says', () => {
      const costs = readWhole(new CostsByRound(), run.written);
      for (const stage of stages) {
        const own = rounds.filter((row) => row.stage === stage);
        const delays = costs.series(rounds, stage, ({ delaySeconds }) => delaySeconds);
        const energies = costs.series(rounds, stage, ({ energyJoules }) => energyJoules);
        for (const { clients, mean: thick } of [delays, energies]) {
          assert.deepEqual(
            thick.map(({ round }) => round),
            own.map(({ round }) => round),
          );
          for (const { round, value } of thick) {
            const thin = clients.filter((point) => point.round === round).map((point) => point.value);
            near(value, mean(thin), `${stage} ${round}`);
            assert.equal(thin.length, own[round - 1]!.cohort);
          }
        }
        own.forEach((row, index) => {
          assert.equal(delays.mean[index]!.value, row.delaySeconds);
          const ofCohort = energies.mean[index]!.value * row.cohort;
          assert.ok(ofCohort <= row.energyJoules * (1 + 1e-12), `${ofCohort} J of ${row.energyJoules} J`);
          if (row.cohort === run.world.clients.size)
            near(ofCohort, row.energyJoules, `${stage} ${row.round}`);
        });
      }
    });

    it('is in the summary the mean over the round rows', () => {
      const { clients, scenario } = run.world;
      const { metrics, messages } = run.written;
      const summary = stageSummaries({
        metrics,
        messages,
        clients: [...clients.values()],
        judges: [],
        scenario,
      });
      for (const stage of stages) {
        const own = rounds.filter((row) => row.stage === stage);
        near(summary[stage]!.energyJoulesPerRound, mean(own.map((row) => row.energyJoules)), stage);
        near(summary[stage]!.delaySecondsPerRound, mean(own.map((row) => row.delaySeconds)), stage);
      }
    });
  });
}
