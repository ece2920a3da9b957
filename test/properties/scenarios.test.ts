import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf } from '../../soak/outcome.js';
import { randomScenario } from '../../soak/random-scenario.js';

/*
 * How many: PWFF_RANDOM_SCENARIOS=1000 npx mocha dist/test/properties/scenarios.test.js takes some minutes, and
 * PWFF_RANDOM_FROM=<number> begins with another. What fails is printed as a scenario that `pwff run` takes.
 */
const first = Number(process.env.PWFF_RANDOM_FROM ?? 1);
const count = Number(process.env.PWFF_RANDOM_SCENARIOS ?? 40);

describe(`random scenarios ${first} to ${first + count - 1}`, function () {
  this.timeout(120_000 + 2_000 * count);
  let folder = '';
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'pwff-random-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('are refused in words, or run to an end that they explain with every invariant held', async () => {
    const ends: Record<string, number> = {};
    const failures: string[] = [];
    for (let number = first; number < first + count; number++) {
      const written = randomScenario(number);
      const { end } = await outcomeOf(written, folder).catch((error: unknown) => {
        failures.push(`${number}: ${String(error)}\n${JSON.stringify(written)}`);
        return { end: 'failed' };
      });
      ends[end] = (ends[end] ?? 0) + 1;
    }
    if (count > 40) console.log(`      ${JSON.stringify(ends)}`);
    assert.equal(failures.length, 0, `${failures.length} of ${count}:\n${failures.slice(0, 10).join('\n')}`);
    assert.ok((ends['refused'] ?? 0) <= count / 2, JSON.stringify(ends));
  });
});
