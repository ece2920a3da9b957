import type { Scenario } from '../scenario/schema.js';
import { compressionOf } from '../strategies/compression/by-part.js';
import { methods } from '../strategies/methods/index.js';
import type { Method } from '../strategies/methods/method.js';
import { sharedParts } from '../strategies/methods/parts.js';
import { named, nameOf } from '../strategies/strategy.js';
import { payloadOf } from '../radio/payload/payload.js';
import { presets, type PresetName } from '../radio/payload/presets.js';
import { readScenarioOfShapes } from '../radio/payload/read-scenario.js';
import type { Change } from '../scenario/changes.js';
import { embeddedName } from '../radio/payload/shapes.js';
import { exit, type ExitCode } from './exit.js';
import { payloadText, type PayloadReport } from './payload-text.js';
import { abilitiesOf, line, paintFor, type Terminal } from './terminal.js';

export interface PayloadCommandOptions {
  readonly method?: string;
  readonly preset?: PresetName;
  /** A folder, or the name of a known shape. */
  readonly model?: string;
  readonly set: readonly string[];
  readonly json: boolean;
}

/**
 * `pwff payload`: what every kind of message of a scenario costs, before any run; reads no weights and no
 * data. Without a scenario: the paper's, or the quickstart for the embedded model, which has no places for as
 * many LoRA modules as the paper's scenario asks for.
 */
export async function payloadCommand(
  path: string | undefined,
  options: PayloadCommandOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  const report = await reportOf(path ?? (options.model === embeddedName ? 'quickstart' : 'paper'), options);
  line(
    out,
    options.json
      ? JSON.stringify(report, null, 2)
      : payloadText(report, paintFor(out), abilitiesOf(out).columns),
  );
  return exit.ok;
}

async function reportOf(path: string, options: PayloadCommandOptions): Promise<PayloadReport> {
  const { scenario, file, model, rewardModel } = await readScenarioOfShapes(
    path,
    changesOf(options),
    options.model,
  );
  const method = named(methods, scenario.method);
  const { adapters, lora } = scenario.model;
  const { headerBits, compression } = scenario.channel;
  return {
    scenario: scenario.name,
    file,
    method: scenario.method,
    preset: options.preset ?? null,
    model: { name: model.name, ...model.config },
    rewardModel: rewardModel
      ? { name: rewardModel.name, train: scenario.reward.model.train, ...rewardModel.config }
      : { name: 'features', hidden: scenario.reward.hidden },
    adapters,
    lora: { r: lora.r, targets: lora.targets },
    headerBits,
    compression,
    codecs: codecNames(scenario, method),
    clients: scenario.clients.count,
    rewards: method.rewards,
    ...payloadOf(scenario, method, { model: model.config, reward: rewardModel?.config ?? null }),
  };
}

/** What the parts that a method shares go by, up and down, and the base model down; each name once. */
function codecNames({ channel }: Scenario, method: Method): readonly string[] {
  const parts = [...sharedParts(method), ...method.rewards];
  const up = parts.map((part) => compressionOf(channel, 'uplink', part));
  const down = ['base', ...parts].map((part) => compressionOf(channel, 'downlink', part));
  return [...new Set([...up, ...down].map(nameOf))];
}

function changesOf({ set, preset, method }: PayloadCommandOptions): readonly Change[] {
  return [
    { option: '--set', settings: set },
    ...(preset === undefined ? [] : [{ option: `--preset ${preset}`, settings: presets[preset].settings }]),
    ...(method === undefined ? [] : [{ option: `--method ${method}`, settings: [`method=${method}`] }]),
  ];
}
