import { UserError } from '../errors.js';
import type { Problem } from '../settings/problem.js';
import type { Keyed } from './merged.js';
import { placedInMethod } from './method-settings.js';
import type { OwnNames } from './own-strategies.js';
import type { Scenario } from './schema.js';
import { parseSetting, withSetting, type Setting } from './set-option.js';
import { checkForm, problemsError } from './validate.js';

/** Settings, each as `path=value`, and the option of the command that they come from. */
export interface Change {
  readonly option: string;
  readonly settings: readonly string[];
}

/** A changed scenario of the right form, its relations not checked yet. */
export interface Changed {
  /** Defaults filled in. */
  readonly scenario: Scenario;
  /** Where a value comes from, for messages: the file, the option, or both. */
  readonly originOf: (problem: Problem) => string;
  /** A problem with the scenario as a problem with what was written. */
  readonly placed: (problem: Problem) => Problem;
}

/**
 * Makes changes to what stands in a scenario file (null: in none) and checks its form. UserError, a line for
 * each problem, where the form is wrong or two options set the same value.
 */
export function applyChanges(
  written: unknown,
  changes: readonly Change[],
  file: string | null,
  own: OwnNames = {},
): Changed {
  const settings = settingsOf(changes);
  const changeOf = ({ pointer }: Problem) =>
    settings.find((each) => `${pointer}/`.startsWith(`${each.pointer}/`));
  const originOf = (problem: Problem): string => {
    const change = changeOf(problem);
    return [file, change?.option].filter((part) => typeof part === 'string').join(' with ') || 'scenario';
  };
  const changed = (document: unknown) => settings.reduce<unknown>(withSetting, document);
  const document = changed(written);
  const { scenario, problems } = checkForm(document, own, changed);
  if (scenario === null) throw problemsError(problems, originOf);
  const placed = (problem: Problem) =>
    changeOf(problem) ? problem : placedInMethod(document as Keyed, scenario.method, problem);
  return { scenario, originOf, placed };
}

interface OptionSetting extends Setting {
  readonly option: string;
}

function settingsOf(changes: readonly Change[]): readonly OptionSetting[] {
  const settings = changes.flatMap(({ option, settings: texts }) =>
    texts.map((text) => ({ ...parseSetting(text), option })),
  );
  for (const [index, { option, pointer }] of settings.entries()) {
    const other = settings.slice(0, index).find((each) => each.pointer === pointer);
    if (!other || other.option === option) continue;
    throw new UserError(
      `${option}: sets ${pointer}, which ${other.option} sets as well, expected it once; leave one out`,
    );
  }
  return settings;
}
