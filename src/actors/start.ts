import type { ClientStart } from '../../machines/client.js';
import type { Model } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import type { TunedSets } from '../learning/model/slots.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { mapValues } from '../map-values.js';
import { partsOf } from '../strategies/methods/parts.js';
import { encoded } from './encoding.js';
import { globalFor } from './cuts.js';
import { refsOf } from './parts.js';
import type { Start, World } from './world.js';

/** The parameters that an earlier run has left. */
export interface Continued {
  /** By part of the global model. */
  readonly global: Readonly<Record<string, ParamSet>>;
  readonly clients: ReadonlyMap<string, ContinuedClient>;
}

export interface ContinuedClient {
  readonly tuned: TunedSets;
  /** The parts of the global model that it holds. */
  readonly holds: readonly string[];
}

type Known = Pick<World, 'base' | 'clients' | 'codecOf' | 'method' | 'scenario' | 'shape' | 'store'>;

/**
 * The beginning of a run: of the base model alone, or of what an earlier run has left. The global model goes
 * through the codec once more, as all that the server publishes: where that changes a part, as another codec
 * than the earlier run's does, nobody holds it any more.
 */
export function startOf(world: Known, clients: readonly string[], continued: Continued | null): Start {
  const { scenario, base } = world;
  const stage = scenario.stages[0]!;
  const parts = partsOf(world.method).map(({ name }) => [name, null] as const);
  const tuned: Readonly<Record<string, ParamRef | null>> = Object.fromEntries(parts);
  const nothing: Model = { base, ...tuned, helpful: null, harmless: null };
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
    const holds = new Set(own?.holds.filter((part) => isAsItWas(world, global, continued!, part)));
    if (scenario.model.preinstalled) holds.add('base');
    return {
      held: refsOf(globalFor(world, id, global), [...holds]).map(({ hash }) => hash),
      model: {
        base: holds.has('base') ? base : null,
        ...tuned,
        ...mapValues(own?.tuned ?? {}, (set) => world.store.put(set)),
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

const isTuned = (client: ContinuedClient | undefined) => Object.keys(client?.tuned ?? {}).length > 0;

function isAsItWas({ store }: Known, global: Model, { global: was }: Continued, part: string): boolean {
  const before = part === 'base' ? null : was[part];
  return part === 'base' || (!!before && global[part]?.hash === store.put(before).hash);
}
