import assert from 'node:assert/strict';
import { picture, roundLine, RoundWatch } from '../../src/cli/progress-lines.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import type { Progress } from '../../src/records/progress.js';
import { progress } from './fake-services.js';

const scenario = resolveScenario({ name: 'x' });
const plain = (_: unknown, text: string) => text;

describe('the live picture', () => {
  it('shows stage, step, round, virtual clock, newest figures and a line for each client', () => {
    const text = picture(progress(3), scenario, plain, { columns: 80, rows: 24 });
    assert.deepEqual(text.split('\n'), [
      'Step 1.3  instruction tuning, round 3/8  virtual 30 s, real 5 s',
      'updates 2/2  accuracy 53.0 %  reported loss 0.667   delay 1.5 s ',
      '12 messages, 6 tasks done',
      '  client-1  tuning',
      '  client-2  waiting',
    ]);
  });

  it('counts the clients by what they do where the terminal is too low for a line each', () => {
    const text = picture(progress(3, 100), scenario, plain, { columns: 80, rows: 12 });
    assert.deepEqual(text.split('\n').slice(3), ['    99 clients  waiting', '     1 clients  tuning']);
  });

  it('never runs over the edge of the terminal, colours or not', () => {
    const colours = (_: unknown, text: string) => `\u001b[1m${text}\u001b[22m`;
    for (const paint of [plain, colours]) {
      const text = picture(progress(3), scenario, paint, { columns: 20, rows: 24 });

      const widths = text.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, '').length);
      assert.ok(Math.max(...widths) === 20, String(widths));
    }
  });
});

describe('the line of a closed round', () => {
  const closed = (round: number, measured: number) => ({ ...progress(round + 1), measured });

  it('waits until all clients were measured with what the round made', () => {
    const rounds = new RoundWatch();
    assert.deepEqual(rounds.next(progress(1)), []);
    assert.deepEqual(rounds.next(closed(1, 0)), []);
    assert.deepEqual(rounds.next(closed(1, 1)), []);
    const measured = { ...closed(1, 2), accuracy: 0.9 };
    assert.deepEqual(rounds.next(measured), [measured]);
    assert.deepEqual(rounds.next(closed(1, 2)), [], 'once');
    assert.deepEqual(rounds.end(), []);
  });

  it('is written with the newest figures when the next round is closed, or the run is over', () => {
    const rounds = new RoundWatch();
    const [first, second] = [
      { ...closed(1, 1), accuracy: 0.7 },
      { ...closed(2, 1), accuracy: 0.8 },
    ];
    rounds.next(closed(1, 0));
    rounds.next(first);
    assert.deepEqual(rounds.next(closed(2, 0)), [first]);
    rounds.next(second);
    assert.deepEqual(rounds.end(), [second]);
    assert.deepEqual(rounds.end(), []);
  });

  it('has the figures of its stage, whose updates counted, and what closed it', () => {
    const figures = { accuracy: 0.5, helpfulAccuracy: 0.75, harmlessAccuracy: 0.875, reward: 1.25 };
    const lineOf = (changes: Partial<Progress>) =>
      roundLine({ ...closed(1, 2), ...figures, ...changes }, scenario).replace(/ {2,}/g, '  ');
    assert.equal(
      lineOf({ stage: 'reward', updates: 1, cohort: 2, closedBy: 'deadline' }),
      'reward learning 1/4  updates 1/2, closed by deadline  ranked rightly: helpful 75.0 %  harmless 87.5 %  ' +
        'reported loss 1  delay 1.5 s  virtual 19 s, real 5 s',
    );
    assert.equal(
      lineOf({ stage: 'alignment', updates: 0, cohort: 2, reportedLoss: null }),
      'alignment 1/8  updates 0/2, round lost  reward 1.25  delay 1.5 s  virtual 19 s, real 5 s',
    );
    assert.match(
      lineOf({ stage: 'instruction' }),
      /^instruction tuning 1\/8  updates 2\/2  accuracy 50\.0 %  /,
    );
  });
});
