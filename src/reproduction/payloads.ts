import { payloadOf, type Payload } from '../radio/payload/payload.js';
import { readScenarioOfShapes } from '../radio/payload/read-scenario.js';
import { loadScenario } from '../scenario/load.js';
import { methods, type MethodName } from '../strategies/methods/index.js';
import { placeOf, settingsText, type Asked } from './contenders.js';
import { reproductionPresets, type ReproductionPreset } from './presets.js';

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
    const onAir = { ...scenario, channel: own.channel };
    const found = { model: model.config, reward: rewardModel?.config ?? null };
    payloads.set(name, payloadOf(onAir, methods[name], found));
  }
  return payloads;
}
