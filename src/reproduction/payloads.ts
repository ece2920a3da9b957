import { payloadOf, type Payload } from '../radio/payload/payload.js';
import { readScenarioOfShapes } from '../radio/payload/read-scenario.js';
import type { Stage } from '../../machines/protocol.js';
import type { Scenario } from '../scenario/schema.js';
import { loadScenario } from '../scenario/load.js';
import { methods, type MethodName } from '../strategies/methods/index.js';
import { placeOf, settingsText, type Asked } from './contenders.js';
import { reproductionPresets, type ReproductionPreset } from './presets.js';

/** The stages of a scenario with as many rounds as those of the runs. */
function roundsOf(scenario: Scenario, runs: Scenario): Pick<Scenario, Stage> {
  const { instruction, reward, alignment } = scenario;
  return {
    instruction: { ...instruction, maxRounds: runs.instruction.maxRounds },
    reward: { ...reward, maxRounds: runs.reward.maxRounds },
    alignment: { ...alignment, maxRounds: runs.alignment.maxRounds },
  };
}

/**
 * What each method's messages are under a preset: the runs' own under "embedded", else those of the paper's shapes over
 * the runs' channel. UserError where a method is refused with these shapes.
 */
export async function payloadsOf(
  names: readonly MethodName[],
  { scenario: path, set }: Pick<Asked, 'scenario' | 'set'>,
  preset: ReproductionPreset,
): Promise<ReadonlyMap<MethodName, Payload>> {
  const { shapes } = reproductionPresets[preset];
  const own = (await loadScenario(path, { set })).scenario;
  const payloads = new Map<MethodName, Payload>();
  for (const name of names) {
    const settings = settingsText({ method: name, ...placeOf(name, own.clients.count) });
    const changes = [
      { option: `method ${name}`, settings },
      { option: shapes === null ? '--set' : `--preset ${preset}`, settings: shapes?.settings ?? set },
    ];
    const { scenario, model, rewardModel } = await readScenarioOfShapes(shapes?.scenario ?? path, changes);
    const onAir = { ...scenario, ...roundsOf(scenario, own), channel: own.channel };
    const found = { model: model.config, reward: rewardModel?.config ?? null };
    payloads.set(name, payloadOf(onAir, methods[name], found));
  }
  return payloads;
}
