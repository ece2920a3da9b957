import { join } from 'node:path';
import type { BackendChoice } from '../learning/model/backend.js';
import { packageRoot } from '../paths.js';
import { number } from '../records/report/format.js';
import { exit, type ExitCode } from './exit.js';
import { watchInterrupt } from './interrupt.js';
import type { Services } from './services.js';
import { line, type Terminal } from './terminal.js';

export interface PretrainCommandOptions {
  readonly out?: string;
  readonly steps: number;
  readonly seed: number;
  readonly backend: BackendChoice;
}

const linesInAll = 30;

/** `pwff pretrain`: makes the embedded model anew, from the embedded corpus. */
export async function pretrainCommand(
  { out, steps, seed, backend }: PretrainCommandOptions,
  services: Services,
  terminal: Terminal,
): Promise<ExitCode> {
  const outFolder = out ?? join(packageRoot(), 'assets', 'embedded');
  const stride = Math.max(1, Math.floor(steps / linesInAll));
  const interrupt = watchInterrupt(() => line(terminal.err, 'Stopping. Ctrl-C again quits at once.'));
  try {
    await services.pretrainEmbedded({
      outFolder,
      steps,
      seed,
      backend,
      signal: interrupt.signal,
      onProgress: ({ step, loss }) => {
        if (step % stride === 0 || step === steps) {
          line(terminal.out, `step ${step} of ${steps}  loss ${number(loss)} nats per token`);
        }
      },
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    line(terminal.err, `pwff: interrupted. ${outFolder} is as it was.`);
    return exit.interrupted;
  } finally {
    interrupt.release();
  }
  line(terminal.out, `Wrote tokenizer.json, config.json and model.safetensors to ${outFolder}`);
  return exit.ok;
}
