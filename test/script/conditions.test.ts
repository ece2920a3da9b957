import assert from 'node:assert/strict';
import type { RunEvent } from '../../src/records/run-event.js';
import type { ClientRow, RoundRow } from '../../src/records/rows.js';
import { noCode } from '../../src/script/code.js';
import { isMet } from '../../src/script/conditions.js';
import type { Condition } from '../../src/script/settings.js';

const step: RunEvent = {
  type: 'row',
  row: { type: 'step', step: '3.3', actor: 'client-3', round: 2, virtualSeconds: 9 },
};
const evaluated: ClientRow = {
  type: 'client',
  stage: 'instruction',
  round: 2,
  actor: 'client-1',
  virtualSeconds: 9,
  task: 'evaluate',
  metrics: { accuracy: 0.8, loss: null },
};
const closed = { type: 'round', stage: 'reward', round: 4, loss: 0.5, updates: 3 } as RoundRow;

const met = (condition: Condition, event: RunEvent) => isMet(condition, event, noCode);
const row = (row: ClientRow | RoundRow): RunEvent => ({ type: 'row', row });

describe('a condition of a script', () => {
  it('on a step is met by that step of that actor and round alone', () => {
    assert.ok(met({ on: 'step', step: '3.3' }, step));
    assert.ok(met({ on: 'step', step: '3.3', actor: 'client-3', round: 2 }, step));
    assert.ok(!met({ on: 'step', step: '3.2' }, step));
    assert.ok(!met({ on: 'step', step: '3.3', actor: 'client-2' }, step));
    assert.ok(!met({ on: 'step', step: '3.3', round: 1 }, step));
  });

  it('on a metric is met within its limits, which themselves are allowed', () => {
    const on = 'metric' as const;
    assert.ok(met({ on, metric: 'accuracy' }, row(evaluated)));
    assert.ok(met({ on, metric: 'accuracy', atLeast: 0.8, atMost: 0.8 }, row(evaluated)));
    assert.ok(!met({ on, metric: 'accuracy', atLeast: 0.81 }, row(evaluated)));
    assert.ok(!met({ on, metric: 'accuracy', atMost: 0.79 }, row(evaluated)));
    assert.ok(!met({ on, metric: 'accuracy', task: 'score' }, row(evaluated)));
  });

  it('on a metric is not met by a figure that was not measured, nor by one that a row does not have', () => {
    assert.ok(!met({ on: 'metric', metric: 'loss' }, row(evaluated)));
    assert.ok(!met({ on: 'metric', metric: 'reward' }, row(evaluated)));
  });

  it('on a metric takes the figures of a closed round for the server’s, of task "round"', () => {
    const about = { task: 'round', actor: 'server', stage: 'reward', round: 4 } as const;
    assert.ok(met({ on: 'metric', metric: 'updates', ...about, atLeast: 3 }, row(closed)));
    assert.ok(!met({ on: 'metric', metric: 'updates', actor: 'client-1' }, row(closed)));
    assert.ok(!met({ on: 'metric', metric: 'stage' }, row(closed)), 'no number');
  });
});
