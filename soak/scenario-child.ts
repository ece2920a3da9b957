import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tried, Trial } from './crew.js';
import { DrawnMishaps } from './mishaps.js';
import { outcomeOf } from './outcome.js';

// Ctrl-C is for the process that asks, which ends this one.
process.on('SIGINT', () => {});

/** The process of a `Hand`: a trial comes as a message, what it came to goes back. */
process.on('message', (trial: Trial) => {
  void tried(trial).then((answer) => process.send!(answer));
});

async function tried({ written, mishapSeed }: Trial): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), 'pwff-soak-'));
  const mishaps = new DrawnMishaps(mishapSeed);
  const count = () => Object.values(mishaps.counts).reduce((sum, each) => sum + each, 0);
  try {
    const first = await outcomeOf(written, folder);
    const { end, roundsWhenWell } = first;
    if (end === 'refused') return { end, roundsWhenWell, problem: null, mishaps: 0 };
    const second = await outcomeOf(written, folder, mishaps);
    const isSame = second.traceHash === first.traceHash && second.end === end;
    const problem = isSame
      ? null
      : `two traces: ${end} ${first.traceHash}, ${second.end} ${second.traceHash}`;
    return { end: isSame ? end : 'broken', roundsWhenWell, problem, mishaps: count() };
  } catch (error) {
    return { end: 'broken', problem: String(error), roundsWhenWell: 0, mishaps: count() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
