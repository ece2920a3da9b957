import { UserError } from '../errors.js';
import { exit, type ExitCode } from './exit.js';
import type { Services } from './services.js';
import { line, type Terminal } from './terminal.js';

/** `pwff native`: gets what the native backend needs, and says in one line which step fails and why. */
export async function nativeCommand(services: Services, { out, err }: Terminal): Promise<ExitCode> {
  const say = (text: string) => line(out, `native: ${text}`);
  try {
    const { fingerprint, libraries } = await services.installNative(say);
    say(`the native backend loads: TensorFlow.js ${fingerprint.version}`);
    for (const path of libraries) say(`  ${path}`);
    return exit.ok;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    line(err, `native: ${error.message}`);
    return exit.failed;
  }
}
