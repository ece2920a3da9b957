import { dirname, resolve } from 'node:path';
import { readTrace, type GainTrace } from '../channel/fading/trace.js';
import { applyChanges, type Change } from '../../scenario/changes.js';
import { readWritten } from '../../scenario/load.js';
import { broken } from '../../settings/rule.js';
import { channelRules } from '../channel/relations.js';
import type { Scenario } from '../../scenario/schema.js';
import { deepFreeze, problemsError } from '../../scenario/validate.js';

/** What the radio of a scenario needs of the disk. */
export interface RadioScenario {
  /** Defaults filled in, checked, frozen. */
  readonly scenario: Scenario;
  /** Null where none was named. */
  readonly file: string | null;
  /** The gains of fading "trace". */
  readonly trace: GainTrace | null;
}

/**
 * Reads, changes and checks a scenario for the sake of its radio: of the relations between settings only the
 * radio's count, and models and data are not looked at. `path` names a JSON or YAML file or one of the
 * package's own scenarios; undefined: nothing but defaults, and a trace's file is taken from the current
 * folder.
 *
 * @throws UserError where the scenario or its trace is wrong (a line for each problem), or two of `changes`
 * set the same value.
 */
export async function readRadioScenario(
  path: string | undefined,
  changes: readonly Change[],
): Promise<RadioScenario> {
  const { file, written } =
    path === undefined ? { file: null, written: { name: 'link' } } : await readWritten(path);
  const { scenario, originOf } = applyChanges(written, changes, file);
  const related = broken(channelRules, scenario, null);
  if (related.length > 0) throw problemsError(related, originOf);
  const { traceFile } = scenario.channel;
  const folder = file === null ? '.' : dirname(resolve(file));
  const trace = traceFile === null ? null : await readTrace(resolve(folder, traceFile));
  return { scenario: deepFreeze(scenario), file, trace };
}
