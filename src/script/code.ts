import type { RunEvent } from '../records/run-event.js';
import type { Summary } from '../records/summary.js';
import type { RunControl } from './control.js';

/** Functions that a script may have in place of data. */
export type ConditionCode = (event: RunEvent) => boolean;
export type ActionCode = (run: RunControl) => void;
/** False, or what is wrong in words, where the summary is not as expected. */
export type ExpectationCode = (summary: Omit<Summary, 'checks'>) => boolean | string;

/** The functions of a script, by the SHA-256 of their source, which stands for them in the scenario. */
export interface Code {
  readonly conditions: ReadonlyMap<string, ConditionCode>;
  readonly actions: ReadonlyMap<string, ActionCode>;
  readonly expectations: ReadonlyMap<string, ExpectationCode>;
}

export const noCode: Code = { conditions: new Map(), actions: new Map(), expectations: new Map() };

/** What a hash stands for. Error where the script has no such function: the rules let none by. */
export function codeOf<F>(table: ReadonlyMap<string, F>, sha256: string): F {
  const code = table.get(sha256);
  if (!code) throw new Error(`the script has no function of hash ${sha256}`);
  return code;
}
