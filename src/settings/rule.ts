import type { ModelConfig } from '../learning/model/config.js';
import { shown, type Problem } from './problem.js';
import type { Scenario } from '../scenario/schema.js';

/** What the rules need to know besides the scenario itself. */
export interface Surroundings {
  /** Of the model that the scenario names; null where it is not known (its rules are then left out). */
  readonly model: Pick<ModelConfig, 'n_layer' | 'n_embd' | 'n_positions'> | null;
  /** Which of the paths that the scenario names cannot be read, as "missing" or "a folder" and so on. */
  readonly unreadable: Readonly<Record<string, string>>;
}

/** A relation between settings that the schema cannot express. */
export interface Rule {
  readonly states: string;
  readonly problems: (scenario: Scenario, surroundings: Surroundings) => readonly Problem[];
}

type Check = Problem | false;

/** The problems among the outcomes of checks. */
export function found(...checks: readonly Check[]): Problem[] {
  return checks.filter((check) => check !== false);
}

/** A problem with the value at `pointer`, unless `holds`. */
export function must(
  holds: boolean,
  pointer: string,
  value: unknown,
  expected: string,
  advice?: string,
): Check {
  if (holds) return false;
  return { pointer, is: `is ${shown(value)}`, expected, ...(advice !== undefined && { advice }) };
}
