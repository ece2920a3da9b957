import { embeddedData } from './embedded/federated.js';
import { fileData } from './files.js';
import type { Dealing } from './settings.js';
import type { FederatedData } from './types.js';

/**
 * All clients' data of a scenario: from its files, relative to `folder` (that of the scenario file), or else
 * embedded and synthetic. A function of (scenario, files, seed). UserError for what the user can mend.
 */
export function loadData(scenario: Dealing, folder: string, seed: number): Promise<FederatedData> {
  return scenario.data.files
    ? fileData(scenario, folder, seed)
    : Promise.resolve(embeddedData(scenario, seed));
}
