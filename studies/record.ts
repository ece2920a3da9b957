import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonicalJson } from '../src/records/exact-json.js';
import { readJsonLines } from '../src/records/json-lines.js';
import { ScenarioSchema, type Scenario } from '../src/scenario/schema.js';
import { withoutDefaults } from './without-defaults.js';

/*
 * What a study has found up to now: a file of JSON lines, one for each run. A study goes on where it was
 * interrupted, and several processes can fill one record: a line is appended at once, and tells by itself what it
 * is of. It knows nothing of the code: after a change of what runs compute, remove the file.
 */

export interface Recorded<Found> {
  readonly method: string;
  readonly seed: number;
  /** What the study changed of the scenario, each as `path=value`; for readers. */
  readonly changes: readonly string[];
  /** SHA-256 of the scenario that ran, without what is so by default: settings that come later change no line. */
  readonly scenario: string;
  readonly found: Found;
}

/** What a run was, to be found again. */
export interface RunToRecord {
  readonly scenario: Scenario;
  readonly changes: readonly string[];
}

export function hashOf(scenario: Scenario): string {
  const said = withoutDefaults(ScenarioSchema, scenario);
  return createHash('sha256').update(canonicalJson(said, 'scenario')).digest('hex');
}

/** What the record says of a run; what it does not say is found, and appended. */
export async function recorded<Found>(
  file: string,
  { scenario, changes }: RunToRecord,
  find: () => Promise<Found>,
): Promise<Found> {
  const hash = hashOf(scenario);
  const lines = existsSync(file) ? await readJsonLines<Recorded<Found>>(file) : [];
  const known = lines.find((line) => line.scenario === hash);
  if (known) return known.found;
  const found = await find();
  const line: Recorded<Found> = {
    ...{ method: scenario.method, seed: scenario.seed, changes, scenario: hash },
    found,
  };
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  return found;
}
