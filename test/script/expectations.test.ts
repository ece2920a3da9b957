import assert from 'node:assert/strict';
import type { MetricRow } from '../../src/records/rows.js';
import type { Summary } from '../../src/records/summary.js';
import { eventually, expect, metric, never, type ScriptedExpectation } from '../../src/script/define.js';
import { Expectations } from '../../src/script/expectations.js';
import { lowered } from '../../src/script/lower.js';
import type { Expectation } from '../../src/script/settings.js';

const summary = {
  scenario: 'made-up',
  virtualSeconds: 12,
  ended: { reason: 'finished' },
  stages: { instruction: { accuracy: 0.75, sharedAccuracy: null } },
} as unknown as Summary;

const row = (accuracy: number): MetricRow => ({
  type: 'client',
  stage: 'instruction',
  round: 1,
  actor: 'client-1',
  virtualSeconds: 3,
  task: 'evaluate',
  metrics: { accuracy },
});

function checked(expectations: readonly ScriptedExpectation[], rows: readonly MetricRow[] = []) {
  const { settings, code } = lowered({ expectations });
  const observer = new Expectations(settings['expectations'] as Expectation[], code);
  for (const each of rows) observer.next({ type: 'row', row: each });
  return observer.checked(summary);
}
const held = (expectation: ScriptedExpectation, rows: readonly MetricRow[] = []) =>
  checked([expectation], rows)[0]!;

describe('an expectation of a scenario', () => {
  it('"eventually" holds once it has happened', () => {
    const high = eventually(metric('accuracy', { atLeast: 0.5 }));
    assert.ok(held(high, [row(0.4), row(0.6), row(0.4)]).holds);
    assert.equal(held(high, [row(0.4)]).why, 'it never happened');
  });

  it('"never" breaks at the first row that it is about, and names it', () => {
    const low = never(metric('accuracy', { atMost: 0.5 }), 'nobody falls back');
    assert.ok(held(low, [row(0.6)]).holds);
    const { name, holds, row: broke } = held(low, [row(0.6), row(0.4), row(0.3)]);
    assert.deepEqual([name, holds, broke], ['nobody falls back', false, row(0.4)]);
  });

  it('on a figure of the summary holds within limits, and not where the figure is missing or null', () => {
    const accuracy = '/stages/instruction/accuracy';
    assert.ok(held(expect(accuracy, { atLeast: 0.75, atMost: 0.75 })).holds);
    assert.equal(held(expect(accuracy, { atLeast: 0.8 })).why, `${accuracy} is 0.75`);
    assert.ok(!held(expect('/stages/instruction/sharedAccuracy', { atMost: 1 })).holds);
    assert.equal(
      held(expect('/stages/reward/accuracy', { atMost: 1 })).why,
      '/stages/reward/accuracy is undefined',
    );
  });

  it('on a value holds where it is that value', () => {
    assert.ok(held(expect('/ended/reason', { is: 'finished' })).holds);
    assert.ok(held(expect('/stages/instruction/sharedAccuracy', { is: null })).holds);
    assert.ok(!held(expect('/ended/reason', { is: 'stopped' })).holds);
  });

  it('by a function holds where that says true, and tells what it says else', () => {
    assert.ok(held(expect(({ virtualSeconds }) => virtualSeconds === 12)).holds);
    assert.equal(held(expect(({ virtualSeconds }) => `took ${virtualSeconds} s`)).why, 'took 12 s');
    assert.ok(!held(expect(() => false)).holds);
  });
});

describe('functions of one source that differ in what they hold', () => {
  it('are each kept', () => {
    const limits = [10, 20].map((limit) => expect(({ virtualSeconds }) => virtualSeconds < limit));
    assert.deepEqual(
      checked(limits).map(({ holds }) => holds),
      [false, true],
    );
  });
});
