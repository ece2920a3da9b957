import { clientIds } from './client-ids.js';
import { embeddedData } from './embedded/federated.js';
import { fileData } from './files.js';
import { pooled } from './pooled.js';
import type { Dealing } from './settings.js';
import type { FederatedData } from './types.js';

/**
 * All clients' data of a scenario: from its files, relative to `folder` (that of the scenario file), or else
 * embedded and synthetic. A function of (scenario, files, seed). UserError for what the user can mend.
 */
export async function loadData(scenario: Dealing, folder: string, seed: number): Promise<FederatedData> {
  const { clients, data } = scenario;
  if (data.pooledFrom === null) return dealtData(scenario, folder, seed);
  const apart = { ...scenario, clients: { ...clients, count: data.pooledFrom } };
  const dealt = await dealtData(apart, folder, seed);
  return { ...dealt, clients: clientIds(clients.count).map((id) => pooled(id, dealt.clients)) };
}

async function dealtData(scenario: Dealing, folder: string, seed: number): Promise<FederatedData> {
  return scenario.data.files ? fileData(scenario, folder, seed) : embeddedData(scenario, seed);
}
