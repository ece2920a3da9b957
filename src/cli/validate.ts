import { messageOf, UserError } from '../errors.js';
import { loadScenario } from '../scenario/load.js';
import { exit, type ExitCode } from './exit.js';
import { modelSettings, type ModelFolders } from './model-folders.js';
import type { Services } from './services.js';
import { line, paintFor, type Terminal } from './terminal.js';

export interface ValidateCommandOptions extends ModelFolders {
  readonly set: readonly string[];
}

/**
 * `pwff validate`: makes all checks of a run, of models and data too, and trains nothing; each problem is a
 * line, and so is what a run would note of its inputs.
 */
export async function validateCommand(
  paths: readonly string[],
  options: ValidateCommandOptions,
  services: Services,
  { out, err }: Terminal,
): Promise<ExitCode> {
  const paint = paintFor(out);
  const set = [...options.set, ...(await modelSettings(options))];
  let code: ExitCode = exit.ok;
  for (const path of paths) {
    try {
      const { file, folder, scenario, script } = await loadScenario(path, { set });
      const { clients, method } = scenario;
      const notes = await services.checkInputs({ scenario, folder, strategies: script.strategies });
      line(out, `${file ?? path}: ${paint('green', 'valid')} (${clients.count} clients, method ${method})`);
      for (const note of notes) line(out, `  ${note}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      line(err, messageOf(error));
      code = exit.badInput;
    }
  }
  return code;
}
