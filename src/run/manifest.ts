import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { Fingerprint } from '../learning/model/backend.js';
import { speedOf } from '../learning/clients/processor.js';
import { refOf } from '../learning/params/param-set.js';
import { defaultParams } from '../records/params-choice.js';
import { defaultInspection } from '../records/inspection-choice.js';
import { manifestFormat, type Manifest } from '../records/manifest.js';
import type { Scenario } from '../scenario/schema.js';
import type { TObject } from 'typebox';
import type { Choice } from '../settings/choice.js';
import { placesOfSeams, seams, type OwnStrategies, type Strategies } from '../strategies/strategies.js';
import { nameOf, optionsOf } from '../strategies/strategy.js';
import type { Inputs } from './inputs.js';
import { presenceNotes } from './presence-notes.js';
import { fleetNotes, inputNotes, judgesOf, readRows, usedOverlaps } from './notes.js';
import type { RunOptions } from './options.js';

const require = createRequire(import.meta.url);

/** What a run is made of, as manifest.json says it. */
export function manifestOf(
  {
    scenario,
    folder,
    workers,
    strategies,
    script,
    inspection = defaultInspection,
    params = defaultParams,
  }: RunOptions,
  inputs: Inputs,
  { name, why, version, cpuFeatures, nodeMajor }: Fingerprint,
): Manifest {
  const { language, rewards, data, clients } = inputs;
  return {
    format: manifestFormat,
    version: versionOf('pwff'),
    scenario,
    folder: resolve(folder),
    ...(script?.file && { script: resolve(script.file) }),
    ...(script?.sha256 && { scriptHash: script.sha256 }),
    seed: scenario.seed,
    workers,
    inspection,
    params,
    synthetic: data.synthetic,
    backend: {
      name,
      reason: why,
      fingerprint: { version, cpuFeatures: cpuFeatures.join(' '), nodeMajor: String(nodeMajor) },
    },
    strategies: strategiesOf(scenario, inputs.tables, strategies),
    ...(strategies?.methods?.includes(inputs.method) && { method: inputs.method }),
    versions: { node: process.version, '@tensorflow/tfjs': versionOf('@tensorflow/tfjs') },
    ...(inputs.earlier && { from: { folder: inputs.earlier.folder, traceHash: inputs.earlier.traceHash } }),
    ...(inputs.begunLora && {
      fromPeft: { folder: inputs.begunLora.folder, hash: refOf(inputs.begunLora.lora).hash },
    }),
    modelHash: refOf(language.base).hash,
    rewardModelHash: rewards && refOf(rewards.start.loaded.base).hash,
    tokenizer: language.tokenizerSource,
    data: data.reports,
    reading: readRows(scenario, inputs),
    overlap: usedOverlaps(scenario, inputs),
    judges: judgesOf(scenario, inputs),
    notes: [...inputNotes(scenario, inputs), ...presenceNotes(scenario, inputs), ...fleetNotes(name)],
    clients: clients.map(({ id, data, device, ownWeights, attack }) => ({
      id,
      trainingRows: data.train.length,
      gigaflopsPerSecond: speedOf(device),
      slowdown: device.slowdown,
      poisoned: attack && scenario.clients.poisoned!.attack,
      weightHelpful: ownWeights.helpful,
      weightHarmless: ownWeights.harmless,
      style: data.style ?? null,
    })),
  };
}

/** What the scenario names of each seam, with all its options, and whether it is the caller's own. */
function strategiesOf(
  scenario: Scenario,
  tables: Strategies,
  own: OwnStrategies = {},
): NonNullable<Manifest['strategies']> {
  const used = seams.map((seam) => {
    const at = (node: unknown, key: string) => (node as Readonly<Record<string, unknown>>)[key];
    const choice = placesOfSeams[seam][0].reduce(at, scenario) as Choice;
    const name = nameOf(choice);
    const options = optionsOf((tables[seam][name] ?? {}) as { readonly options?: TObject }, choice);
    const value = (own[seam] ?? []).find((each) => each.name === name);
    return [
      seam,
      {
        name,
        own: value !== undefined,
        ...(value && { sourceHash: sourceHash(value) }),
        ...(Object.keys(options).length > 0 && { options }),
      },
    ];
  });
  return Object.fromEntries(used) as NonNullable<Manifest['strategies']>;
}

/** SHA-256 of a strategy: its data, and the sources of its functions. */
function sourceHash(strategy: object): string {
  const withSources = (_: string, value: unknown): unknown =>
    typeof value === 'function' ? String(value) : value;
  return createHash('sha256').update(JSON.stringify(strategy, withSources)).digest('hex');
}

function versionOf(module: string): string {
  return (require(`${module}/package.json`) as { version: string }).version;
}
