import type { Fingerprint, BackendChoice } from '../learning/model/backend.js';
import type { Probe } from '../learning/native/probe.js';
import type { PretrainEmbeddedOptions } from '../learning/pretrain.js';
import type { InputOptions } from '../run/inputs.js';
import type { RunOptions } from '../run/options.js';
import type { RunResult } from '../run/run.js';

/**
 * The heavy work behind the commands; loaded only when a command needs it, so that --help answers at once.
 */
export interface Services {
  runScenario(options: RunOptions): Promise<RunResult>;
  checkInputs(options: InputOptions): Promise<readonly string[]>;
  pretrainEmbedded(options: PretrainEmbeddedOptions): Promise<void>;
  installNative(say: (line: string) => void): Promise<Probe>;
  selectBackend(choice: BackendChoice): Promise<Fingerprint>;
  writeReport(folder: string): Promise<string>;
}

export const services: Services = {
  runScenario: async (options) => (await import('../run/run.js')).runScenario(options),
  checkInputs: async (options) => (await import('../run/check.js')).checkInputs(options),
  pretrainEmbedded: async (options) => (await import('../learning/pretrain.js')).pretrainEmbedded(options),
  installNative: async (say) => (await import('../learning/native/install.js')).installNative(say),
  selectBackend: async (choice) => (await import('../learning/model/backend.js')).selectBackend(choice),
  writeReport: async (folder) => (await import('../records/report/report.js')).writeReport(folder),
};
