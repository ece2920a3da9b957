import assert from 'node:assert/strict';
import { overfittingSummary } from '../../src/records/overfitting.js';
import type { ClientRow } from '../../src/records/rows.js';

const clients = ['client-1', 'client-2'];
const row = (task: string, actor: string, round: number, metrics: ClientRow['metrics']): ClientRow => ({
  ...{ type: 'client', stage: 'instruction', virtualSeconds: round },
  ...{ task, actor, round, metrics },
});

describe('the summary of overfitting', () => {
  it('is null where no dial was on', () => {
    assert.equal(overfittingSummary([row('evaluate', 'client-1', 0, { accuracy: 1 })], clients), null);
  });

  it('has means over the clients at both ends of the stage, and the matrix at its end', () => {
    const of = (actor: string, round: number, gap: number, one: number, two: number) =>
      row('generalize', actor, round, {
        generalizationGap: gap,
        'accuracy/client-1': one,
        'accuracy/client-2': two,
      });
    const { instruction, alignment, newcomers } = overfittingSummary(
      [
        of('client-1', 0, 0, 0.5, 0.5),
        of('client-2', 0, 0.5, 0.5, 0.5),
        of('client-1', 2, 0.5, 1, 0.25),
        of('client-2', 2, 1, 0.5, 0.75),
      ],
      clients,
    )!;
    assert.equal(instruction!.generalizationGapBefore, 0.25);
    assert.equal(instruction!.generalizationGap, 0.75);
    assert.equal(instruction!.othersAccuracy, null);
    assert.deepEqual(instruction!.matrix, [
      { id: 'client-1', accuracy: [1, 0.25] },
      { id: 'client-2', accuracy: [0.5, 0.75] },
    ]);
    assert.equal(alignment, null);
    assert.equal(newcomers, null);
  });

  it('has perplexities, and accuracy by rising share', () => {
    const { instruction } = overfittingSummary(
      [
        row('perplexity', 'client-1', 0, { perplexity: 4 }),
        row('perplexity', 'client-1', 1, { perplexity: 6 }),
        row('perplexity', 'client-2', 1, { perplexity: 8 }),
        row('interpolate', 'client-1', 1, { 'ownAccuracy/1': 0.75, 'ownAccuracy/0.5': 0.5 }),
        row('interpolate', 'client-2', 1, { 'ownAccuracy/1': 0.25, 'ownAccuracy/0.5': 0 }),
      ],
      clients,
    )!;
    assert.equal(instruction!.perplexity, 7);
    assert.deepEqual(
      instruction!.shares.map(({ share, ownAccuracy }) => [share, ownAccuracy]),
      [
        [0.5, 0.25],
        [1, 0.5],
      ],
    );
  });

  it('has newcomers before and after, beside the members', () => {
    const { newcomers } = overfittingSummary(
      [
        row('newcomer', 'newcomer-1', 2, { accuracyBefore: 0.25, accuracy: 0.5, steps: 8 }),
        row('newcomer', 'newcomer-2', 2, { accuracyBefore: 0.75, accuracy: 1, steps: 8 }),
        row('member', 'client-1', 2, { accuracy: 0.875 }),
      ],
      clients,
    )!;
    assert.equal(newcomers!.steps, 8);
    assert.equal(newcomers!.accuracyBefore, 0.5);
    assert.equal(newcomers!.accuracy, 0.75);
    assert.equal(newcomers!.memberAccuracy, 0.875);
  });
});
