import type { Change } from '../../scenario/changes.js';
import { readScenario, readWritten } from '../../scenario/read.js';
import type { Scenario } from '../../scenario/schema.js';
import { readRecordings, type Recordings } from '../channel/fading/recordings.js';
import { channelRules } from '../channel/relations.js';

/** What the radio of a scenario needs of the disk. */
export interface RadioScenario {
  /** Defaults filled in, checked, frozen. */
  readonly scenario: Scenario;
  /** Null where none was named. */
  readonly file: string | null;
  /** Of fading "trace". */
  readonly recordings: Recordings | null;
}

const defaults = { file: null, value: { name: 'link' } };

/**
 * Reads a scenario for the sake of its radio: of the relations between settings only the radio's count, and
 * models and data are not looked at. `path` as for `readWritten`; undefined: nothing but defaults, and a
 * trace's file is taken from the current folder.
 *
 * @throws UserError where the scenario or its trace is wrong (a line for each problem), or two of `changes`
 * set the same value.
 */
export async function readRadioScenario(
  path: string | undefined,
  changes: readonly Change[],
): Promise<RadioScenario> {
  const written = path === undefined ? defaults : await readWritten(path);
  const check = { rules: channelRules, around: () => null };
  const { scenario, folder } = await readScenario(written, changes, check);
  const recordings = await readRecordings(scenario.channel, folder, scenario.clients.count);
  return { scenario, file: written.file, recordings };
}
