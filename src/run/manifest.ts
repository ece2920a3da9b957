import { createRequire } from 'node:module';
import type { Fingerprint } from '../learning/model/backend.js';
import { refOf } from '../learning/params/param-set.js';
import { manifestFormat, type Manifest } from '../records/manifest.js';
import type { Inputs } from './inputs.js';
import type { RunOptions } from './options.js';

const require = createRequire(import.meta.url);

/** What a run is made of, as manifest.json says it. */
export function manifestOf(
  { scenario, workers }: RunOptions,
  { language, rewards, data, clients }: Inputs,
  { name, why, version, cpuFeatures, nodeMajor }: Fingerprint,
): Manifest {
  return {
    format: manifestFormat,
    version: versionOf('pwff'),
    scenario,
    seed: scenario.seed,
    workers,
    synthetic: data.synthetic,
    backend: {
      name,
      reason: why,
      fingerprint: { version, cpuFeatures: cpuFeatures.join(' '), nodeMajor: String(nodeMajor) },
    },
    versions: { node: process.version, '@tensorflow/tfjs': versionOf('@tensorflow/tfjs') },
    modelHash: refOf(language.base).hash,
    rewardModelHash: rewards && refOf(rewards.start.loaded.base).hash,
    data: data.reports,
    clients: clients.map(({ id, data, device, ownWeights }) => ({
      id,
      trainingRows: data.train.length,
      gigaflopsPerSecond: device.gigaflopsPerSecond,
      weightHelpful: ownWeights.helpful,
      weightHarmless: ownWeights.harmless,
      style: data.style ?? null,
    })),
  };
}

function versionOf(module: string): string {
  return (require(`${module}/package.json`) as { version: string }).version;
}
