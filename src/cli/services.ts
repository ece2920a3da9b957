import type { Fingerprint, BackendChoice } from '../model/backend.js';
import type { PretrainEmbeddedOptions } from '../pretrain.js';
import type { Summary } from '../records/rows.js';
import type { RunOptions } from '../run.js';

/**
 * The heavy work behind the commands; loaded only when a command needs it, so that --help answers at once.
 */
export interface Services {
  runScenario(options: RunOptions): Promise<Summary>;
  pretrainEmbedded(options: PretrainEmbeddedOptions): Promise<void>;
  selectBackend(choice: BackendChoice): Promise<Fingerprint>;
  writeReport(folder: string): Promise<string>;
}

export const services: Services = {
  runScenario: async (options) => (await import('../run.js')).runScenario(options),
  pretrainEmbedded: async (options) => (await import('../pretrain.js')).pretrainEmbedded(options),
  selectBackend: async (choice) => (await import('../model/backend.js')).selectBackend(choice),
  writeReport: async (folder) => (await import('../report/report.js')).writeReport(folder),
};
