import assert from 'node:assert/strict';
import { fairness, jain, worstDecile } from '../../src/records/fairness.js';
import { stalenessOfStages } from '../../src/records/staleness.js';
import type { ClientRow, MessageRow } from '../../src/records/rows.js';

const upload = (from: string, round: number, aggregatedIn: number | null, stage = 'instruction') =>
  ({ from, stage, round, aggregatedIn }) as MessageRow;
const measured = (actor: string, round: number, accuracy: number | null): ClientRow => ({
  type: 'client',
  stage: 'instruction',
  round,
  actor,
  virtualSeconds: round,
  task: 'evaluate',
  metrics: { accuracy },
});

describe('Jain’s index', () => {
  it('is 1 where all are equal, and 1/n where one of n has all', () => {
    assert.equal(jain([0.5, 0.5, 0.5]), 1);
    assert.equal(jain([0, 3, 0, 0]), 1 / 4);
  });

  it('is k/n where k of n have equal shares, whatever the unit', () => {
    assert.equal(jain([2, 2, 0, 0, 0]), 2 / 5);
    assert.equal(jain([1, 2, 3]), 36 / (3 * 14));
    assert.equal(jain([10, 20, 30]), 36 / (3 * 14));
  });

  it('is null of nothing', () => {
    assert.equal(jain([]), null);
    assert.equal(jain([0, 0]), null);
  });
});

describe('the worst decile', () => {
  it('is the mean of the worst tenth, rounded up', () => {
    assert.equal(worstDecile([0.5, 0.25, 0.75]), 0.25);
    const eleven = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 10];
    assert.equal(worstDecile(eleven), 0.5);
    assert.equal(worstDecile([]), null);
  });
});

describe('the fairness of a run', () => {
  const clients = ['client-1', 'client-2'];

  it('counts updates that were averaged in any stage, and clients without any', () => {
    const messages = [
      upload('client-1', 1, 1),
      upload('client-1', 1, 2, 'reward'),
      upload('client-2', 1, null),
      upload('server', 1, null),
    ];
    assert.equal(fairness(clients, [], messages).participation, 1 / 2);
    assert.equal(fairness(clients, [], [...messages, upload('client-2', 2, 2)]).participation, 9 / 10);
  });

  it('takes each client’s newest accuracy', () => {
    const rows = [measured('client-1', 0, 0.9), measured('client-1', 2, 0.25), measured('client-2', 1, 0.75)];
    assert.deepEqual(fairness(clients, rows, []), {
      participation: null,
      accuracy: 1 / (2 * 0.625),
      worstDecileAccuracy: 0.25,
      accuracySpread: 0.5,
    });
  });

  it('has nothing of accuracies that were not measured', () => {
    assert.deepEqual(fairness(clients, [measured('client-1', 1, null)], []), {
      participation: null,
      accuracy: null,
      worstDecileAccuracy: null,
      accuracySpread: null,
    });
  });
});

describe('the staleness of averaged updates', () => {
  it('is counted for each stage by versions behind, and not of updates that were left out', () => {
    const messages = [
      upload('client-1', 1, 4),
      upload('client-2', 2, 2),
      upload('client-1', 3, 3),
      upload('client-2', 1, null),
      upload('client-2', 1, 2, 'reward'),
    ];
    assert.deepEqual(stalenessOfStages(messages), {
      instruction: [
        { versions: 0, updates: 2 },
        { versions: 3, updates: 1 },
      ],
      reward: [{ versions: 1, updates: 1 }],
      alignment: [],
    });
  });
});
