import assert from 'node:assert/strict';
import type { RoundRow } from '../../src/records/rows.js';
import type { ToSelect } from '../../src/strategies/selection/selection.js';
import { selections } from '../../src/strategies/selection/index.js';
import { protocolRun } from './untrained.js';

const set = [
  'clients.count=6',
  'clients.weightHarmless=uniform',
  'data.synthetic.facts=0',
  'server.quorum=1',
  'server.selectionFraction=0.5',
  ...['instruction', 'reward', 'alignment'].flatMap((stage) => [
    `${stage}.maxRounds=4`,
    `${stage}.convergence.patience=99`,
  ]),
];

describe('a whole run', () => {
  for (const name of Object.keys(selections).filter((each) => each !== 'all')) {
    it(`asks half of the clients in each round of three stages, by selection "${name}"`, async () => {
      const choice = name === 'tifl' ? JSON.stringify({ name, tiers: 2 }) : name;
      const { run, ended } = await protocolRun([...set, `server.selection=${choice}`]);
      assert.equal(ended.reason, 'finished', JSON.stringify(ended));
      const rounds = run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
      assert.deepEqual(
        rounds.map(({ stage, cohort, updates }) => `${stage} ${cohort} ${updates}`),
        ['instruction', 'reward', 'alignment'].flatMap((stage) => Array<string>(4).fill(`${stage} 3 3`)),
      );
    });
  }
});

describe('what a selection sees', () => {
  const seen: ToSelect[] = [];
  before(async () => {
    const spy = {
      name: 'spy',
      description: '',
      make: () => (given: ToSelect) => {
        // Read now: it is the view of this moment.
        seen.push({ ...given });
        return given.clients.slice(0, given.size);
      },
    };
    await protocolRun([...set, 'server.selection=spy'], { strategies: { selections: [spy] } });
  });

  it('is a history that begins anew with each stage, alignment too, whose first orders come before it', () => {
    const first = seen.filter(({ version }) => version === 0);
    assert.equal(first.length, 3);
    for (const { history } of first) {
      for (const { loss, orders, asked, reports } of Object.values(history)) {
        assert.deepEqual([loss, orders, asked, reports], [null, 0, [], []]);
      }
    }
  });

  it('has each order and each update of the stage', () => {
    const last = seen.filter(({ version }) => version === 3);
    for (const { history, clients } of last) {
      const { asked, orders, reports, failures } = history[clients[0]!]!;
      assert.deepEqual(
        [asked.map(({ version }) => version), orders, reports.map(({ version }) => version), failures],
        [[0, 1, 2], 3, [0, 1, 2], 0],
      );
      assert.deepEqual(history[clients[5]!]!.asked, []);
    }
  });

  it('has what each client’s radio has spent: nothing at first, and nothing of who was not asked', () => {
    const joules = ({ profiles, clients }: ToSelect, index: number) => profiles[clients[index]!]!.joules;
    assert.equal(joules(seen[0]!, 0), 0);
    assert.ok(joules(seen[1]!, 0) > 0);
    assert.ok(joules(seen[3]!, 0) > joules(seen[1]!, 0));
    assert.equal(joules(seen[3]!, 5), 0);
  });
});
