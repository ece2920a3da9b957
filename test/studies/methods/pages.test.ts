import assert from 'node:assert/strict';
import { differencesTable, figuresTable, pairwise } from '../../../studies/methods/pages.js';

interface Run {
  readonly accuracy: number;
  readonly reward: number | null;
}

const columns = [
  { head: 'accuracy', digits: 1, of: ({ accuracy }: Run) => accuracy },
  { head: 'reward', digits: 1, of: ({ reward }: Run) => reward },
];
const runs = (...accuracies: readonly number[]): Run[] =>
  accuracies.map((accuracy) => ({ accuracy, reward: null }));

describe('tables of methods', () => {
  const groups = [
    { point: [], method: 'pwff', runs: runs(10, 20, 30) },
    { point: [], method: 'fedada', runs: runs(14, 25, 36) },
  ];

  it('have a row for each method, and no column of what no run has', () => {
    // Deviation 10, 4.303 × 10 / √3 = 24.84.
    assert.deepEqual(figuresTable(groups, columns).split('\n').slice(0, 3), [
      '| method | accuracy |',
      '|---|---|',
      '| pwff | 20.0 ± 24.8 |',
    ]);
  });

  it('have differences by seed, whose interval is not that of the methods', () => {
    assert.deepEqual(differencesTable(groups, columns, 'pwff').split('\n'), [
      '| less pwff | accuracy |',
      '|---|---|',
      '| fedada | **+5.0 ± 2.5** |',
      '',
    ]);
    assert.equal(differencesTable(groups, columns, 'local-only'), '');
    assert.equal(differencesTable(groups.slice(0, 1), columns, 'pwff'), '');
  });

  it('have differences at each point of a sweep from the reference at that point', () => {
    const swept = [
      { point: ['a=0'], method: 'pwff', runs: runs(1) },
      { point: ['a=0'], method: 'fedada', runs: runs(2) },
      { point: ['a=1'], method: 'pwff', runs: runs(5) },
      { point: ['a=1'], method: 'fedada', runs: runs(3) },
    ];
    assert.equal(
      differencesTable(swept, columns, 'pwff'),
      '| setting | less pwff | accuracy |\n|---|---|---|\n| a=0 | fedada | +1.0 |\n| a=1 | fedada | -2.0 |\n',
    );
  });

  it('have no difference where a seed has no figure, and none of other seeds', () => {
    const some = [{ accuracy: 1, reward: 2 }];
    assert.deepEqual(
      pairwise(some, runs(1), ({ reward }) => reward),
      [null],
    );
    assert.throws(() => pairwise(some, [], ({ reward }) => reward), RangeError);
  });
});
