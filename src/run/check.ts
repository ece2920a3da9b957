import { loadInputs, type InputOptions } from './inputs.js';
import { inputNotes } from './notes.js';

/**
 * All that a run checks before it starts, but for its folder and backend: loads what the scenario names, and
 * returns what the run would note of it. UserError for what the user can mend.
 */
export async function checkInputs(options: InputOptions): Promise<readonly string[]> {
  return inputNotes(options.scenario, await loadInputs(options));
}
