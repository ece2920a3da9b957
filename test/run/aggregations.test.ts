import assert from 'node:assert/strict';
import type { DisciplineStrategy } from '../../src/strategies/disciplines/discipline.js';
import { aggregations } from '../../src/strategies/aggregation/index.js';
import { synchronous } from '../../src/strategies/disciplines/synchronous.js';
import { protocolRun } from './untrained.js';

/** Rounds, in which the first client is of the first tier and the others of the second. */
const tiered: DisciplineStrategy = {
  ...synchronous,
  name: 'tiered',
  hasTiers: true,
  make: (settings) => ({
    ...synchronous.make(settings),
    tierOf: (client, { clients }) => (client === clients[0] ? 1 : 2),
  }),
};

const seven = [
  'clients.count=7',
  'clients.weightHarmless=uniform',
  'data.synthetic.facts=0',
  'server.quorum=7',
  'instruction.maxRounds=3',
  'instruction.convergence.patience=9',
];

describe('a run by each aggregation of the table', () => {
  for (const name of Object.keys(aggregations)) {
    it(`${name}: leaves the model where it is if nobody changes it, with all that it remembers`, async () => {
      const tiers = name === 'fedat' ? ['server.discipline=tiered'] : [];
      const result = await protocolRun([...seven, `server.aggregation=${name}`, ...tiers], {
        strategies: { disciplines: [tiered] },
      });
      assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
      const start = result.clients[0]!.current!.global.adapters!;
      assert.equal(result.global.adapters!.hash, start.hash);
      const updates = result.run.written.metrics.flatMap((row) =>
        row.type === 'round' ? [row.updates] : [],
      );
      assert.deepEqual(new Set(updates), new Set([7]));
    });
  }
});
