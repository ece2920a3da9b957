import type { Model } from '../../machines/events.js';
import {
  downloadsOf,
  protocol,
  rewardParts,
  type DownloadKind,
  type RewardPart,
  type UploadKind,
} from '../../machines/protocol.js';
import type { ParamRef } from '../learning/params/param-set.js';
import { momentAt, sharedParts } from '../strategies/methods/parts.js';
import type { World } from './world.js';

/** The parameters that a model consists of, all of it or some of its parts. */
export function refsOf(model: Model, parts: readonly string[] = Object.keys(model)): readonly ParamRef[] {
  return parts.flatMap((part) => model[part] ?? []);
}

/** The reward models of a model that its method lacks: measurement's, which no message carries. */
export function judgesOf(model: Model, rewards: readonly RewardPart[]): readonly ParamRef[] {
  return refsOf(model, lacking(rewards));
}

/** The reward models that a method with these lacks. */
export function lacking(rewards: readonly RewardPart[]): readonly RewardPart[] {
  return rewardParts.filter((part) => !rewards.includes(part));
}

/** What an update of a round carries, and so what of the global model its average replaces. */
export function carriedBy(
  { method, scenario }: Pick<World, 'method' | 'scenario'>,
  kind: UploadKind,
  round: number,
): readonly string[] {
  const { carries, stage } = protocol[kind];
  return carries === 'shared' ? sharedParts(method, momentAt(scenario, stage, round)) : carries;
}

/**
 * What of the global model a download has to bring, where its recipient lacks it: everything but what the
 * downloads that follow it in its step are there to carry, and what no message carries.
 */
export function broughtBy(
  kind: DownloadKind,
  global: Model,
  rewards: readonly RewardPart[],
): readonly ParamRef[] {
  const kinds = downloadsOf(protocol[kind].step, rewards);
  const judges: readonly string[] = lacking(rewards);
  const carriedLater = kinds.slice(kinds.indexOf(kind) + 1).flatMap((later): readonly string[] => {
    const { carries } = protocol[later];
    return typeof carries === 'string' ? [] : carries;
  });
  return refsOf(
    global,
    Object.keys(global).filter((part) => !carriedLater.includes(part) && !judges.includes(part)),
  );
}
