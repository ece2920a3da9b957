import type { ClientStart } from '../../machines/client.js';
import type { Model } from '../../machines/events.js';
import type { PartName, SharedPart, Stage } from '../../machines/protocol.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { encoded } from './encoding.js';
import { refsOf } from './parts.js';
import type { Start, World } from './world.js';

/** The parameters that an earlier run has left. */
export interface Continued {
  readonly global: Readonly<Partial<Record<SharedPart, ParamSet>>>;
  readonly clients: ReadonlyMap<string, ContinuedClient>;
}

export interface ContinuedClient {
  /** Null where the client has none. */
  readonly adapters: ParamSet | null;
  readonly lora: ParamSet | null;
  /** What of the global model it holds. */
  readonly holds: readonly PartName[];
}

type Known = Pick<World, 'base' | 'codecOf' | 'scenario' | 'store'>;

/**
 * The beginning of a run: of the base model alone, or of what an earlier run has left. The global model goes
 * through the codec once more, as all that the server publishes: where that changes a part, as another codec
 * than the earlier run's does, nobody holds it any more.
 */
export function startOf(world: Known, clients: readonly string[], continued: Continued | null): Start {
  const { scenario, base } = world;
  const stage = scenario.stages[0]!;
  const nothing: Model = { base, adapters: null, lora: null, helpful: null, harmless: null };
  const sending = {
    ...({ direction: 'downlink', bases: nothing, actor: 'server' } as const),
    ...{ stage, round: 0, key: ['start'] },
  };
  const blank = { memory: {}, residuals: {} };
  const global = continued
    ? { ...nothing, ...encoded(world, continued.global, blank, sending).parts }
    : nothing;
  const startOfClient = (id: string): ClientStart => {
    const own = continued?.clients.get(id);
    const holds = new Set<PartName>(own?.holds.filter((part) => isAsItWas(world, global, continued!, part)));
    if (scenario.model.preinstalled) holds.add('base');
    const kept = (set: ParamSet | null | undefined) => (set ? world.store.put(set) : null);
    return {
      held: refsOf(global, [...holds]).map(({ hash }) => hash),
      model: {
        base: holds.has('base') ? base : null,
        adapters: kept(own?.adapters),
        lora: kept(own?.lora),
        helpful: null,
        harmless: null,
      },
      designed: !scenario.stages.includes('instruction') && (!tunes(scenario.stages) || isTuned(own)),
    };
  };
  return { stage, global, clients: new Map(clients.map((id) => [id, startOfClient(id)])) };
}

/** Whether a run of these stages tunes the language model. */
const tunes = (stages: readonly Stage[]) => stages.some((stage) => stage !== 'reward');

const isTuned = (client: ContinuedClient | undefined) => !!(client?.adapters ?? client?.lora);

function isAsItWas({ store }: Known, global: Model, { global: was }: Continued, part: PartName): boolean {
  const before = part === 'base' ? null : was[part];
  return part === 'base' || (!!before && global[part]?.hash === store.put(before).hash);
}
