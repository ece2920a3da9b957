import assert from 'node:assert/strict';
import type { ClientRow, MessageRow } from '../../src/records/rows.js';
import { toTarget } from '../../src/records/to-target.js';

const measured = (
  actor: string,
  round: number,
  virtualSeconds: number,
  accuracy: number | null,
): ClientRow => ({
  type: 'client',
  stage: 'instruction',
  round,
  actor,
  virtualSeconds,
  task: 'evaluate',
  metrics: { accuracy },
});
const message = (endedVirtualSeconds: number | null, energyJoules: number) =>
  ({ endedVirtualSeconds, energyJoules }) as MessageRow;

/** Means 0.25, 0.625 and 0.875; those of round 1 are there after 22 s, those of round 2 after 31 s. */
const rows = [
  measured('client-1', 0, 1, 0.25),
  measured('client-2', 0, 2, 0.25),
  measured('client-1', 1, 20, 0.5),
  measured('client-2', 1, 22, 0.75),
  measured('client-2', 2, 30, 1),
  measured('client-1', 2, 31, 0.75),
];
const messages = [message(10, 1), message(22, 2), message(31, 4), message(31.5, 8), message(null, 16)];

describe('the way to a target accuracy', () => {
  it('ends in the first round whose mean is at least the target, with what had ended by then', () => {
    assert.deepEqual(toTarget(0.75, rows, messages), {
      accuracy: 0.75,
      reached: { round: 2, virtualSeconds: 31, energyJoules: 1 + 2 + 4 },
    });
    assert.deepEqual(toTarget(0.625, rows, messages), {
      accuracy: 0.625,
      reached: { round: 1, virtualSeconds: 22, energyJoules: 1 + 2 },
    });
  });

  it('is over before any training where the clients begin with it', () => {
    assert.deepEqual(toTarget(0.2, rows, messages)!.reached, {
      round: 0,
      virtualSeconds: 2,
      energyJoules: 0,
    });
  });

  it('waits for the figures of late clients, though others have those of the next round', () => {
    const late = [
      measured('client-1', 1, 10, 1),
      measured('client-1', 2, 20, 1),
      measured('client-2', 1, 31, 0.5),
    ];
    assert.deepEqual(toTarget(0.75, late, messages)!.reached, {
      round: 1,
      virtualSeconds: 31,
      energyJoules: 7,
    });
    assert.equal(toTarget(0.8, late, messages)!.reached, null, 'the early client alone is not the mean');
  });

  it('counts a client that misses rounds by its newest figure, and not before its first', () => {
    const absent = [
      measured('client-1', 0, 1, 0),
      measured('client-2', 0, 2, 0),
      measured('client-1', 1, 10, 1),
      measured('client-1', 2, 20, 1),
      measured('client-1', 3, 30, 1),
      measured('client-2', 3, 28, 0.5),
      measured('client-3', 4, 40, 0),
    ];
    assert.deepEqual(toTarget(0.75, absent, [])!.reached, { round: 3, virtualSeconds: 30, energyJoules: 0 });
    assert.deepEqual(toTarget(0.5, absent, [])!.reached, { round: 1, virtualSeconds: 10, energyJoules: 0 });
  });

  it('is not reached by a lesser mean, by other tasks, or where nothing was measured', () => {
    assert.deepEqual(toTarget(0.9, rows, messages), { accuracy: 0.9, reached: null });
    const other = { ...measured('client-1', 3, 40, 1), task: 'instruct' };
    assert.equal(toTarget(0.9, [...rows, other], messages)!.reached, null);
    assert.equal(toTarget(0.1, [measured('client-1', 1, 10, null)], messages)!.reached, null);
    assert.equal(toTarget(0.1, [], [])!.reached, null);
  });

  it('is null without a target', () => {
    assert.equal(toTarget(null, rows, messages), null);
  });
});
