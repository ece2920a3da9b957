import { messageOf, UserError } from '../errors.js';
import { loadScenario } from '../scenario/load.js';
import { exit, type ExitCode } from './exit.js';
import { modelSettings, type ModelFolders } from './model-folders.js';
import { line, paintFor, type Terminal } from './terminal.js';

export interface ValidateCommandOptions extends ModelFolders {
  readonly set: readonly string[];
}

/** `pwff validate`: checks scenario files without running them; each problem is a line. */
export async function validateCommand(
  paths: readonly string[],
  options: ValidateCommandOptions,
  { out, err }: Terminal,
): Promise<ExitCode> {
  const paint = paintFor(out);
  const set = [...options.set, ...(await modelSettings(options))];
  let code: ExitCode = exit.ok;
  for (const path of paths) {
    try {
      const { file, scenario } = await loadScenario(path, { set });
      const { clients, method } = scenario;
      line(out, `${file}: ${paint('green', 'valid')} (${clients.count} clients, method ${method})`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      line(err, messageOf(error));
      code = exit.badInput;
    }
  }
  return code;
}
