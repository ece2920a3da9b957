import type { Model } from '../../machines/events.js';
import { designedModules } from '../learning/clients/device.js';
import { adapterTensors, initialAdapters } from '../learning/model/adapters.js';
import { initialLora, loraSites, loraTensors } from '../learning/model/lora.js';
import { setWith, tensorsWith } from '../learning/model/roles.js';
import type { TunedSets } from '../learning/model/slots.js';
import type { ParamSet, TensorSpec } from '../learning/params/param-set.js';
import { stream, type Stream } from '../simulation/random/stream.js';
import type { Slot } from '../strategies/methods/method.js';
import { partsOf, type Part } from '../strategies/methods/parts.js';
import type { World } from './world.js';

type Known = Pick<World, 'clients' | 'scenario' | 'method' | 'shape'>;

/**
 * Step 1.1: what the server inserts into the base model, by part. Of what clients share it makes one for all: an
 * average of modules that each client drew for itself would begin with a smaller A than any of them has, by the root
 * of how many they are. FedIT and Shepherd begin with one A for all as well.
 */
export function serverSets(world: Known): TunedSets {
  const { scenario, shape } = world;
  const sites = loraSites(shape.config, shape.lora.targets).length;
  return setsOf(world, 'server', ({ name }) => [sites, stream(scenario.seed, name)]);
}

/** Step 1.2: what a client makes for itself, by part. */
export function clientSets(world: Known, id: string): TunedSets {
  return setsOf(world, 'client', (slot) => [
    modulesOf(world, slot, id),
    stream(world.scenario.seed, slot.name, id),
  ]);
}

function setsOf(
  { method, shape }: Known,
  init: Slot['init'],
  start: (slot: Slot) => readonly [modules: number, draws: Stream],
): TunedSets {
  const made = method.slots.filter((slot) => slot.init === init);
  const initial = new Map<Slot, ParamSet>(
    made.map((slot) => {
      const [modules, draws] = start(slot);
      return [
        slot,
        slot.kind === 'adapters' ? initialAdapters(shape, draws) : initialLora(shape, modules, draws),
      ];
    }),
  );
  const parts = partsOf(method).filter(({ slot }) => slot.init === init);
  return Object.fromEntries(parts.map(({ name, slot, roles }) => [name, setWith(initial.get(slot)!, roles)]));
}

/** Of some sets those that a model has nothing of yet. */
export function missingIn(model: Model, sets: TunedSets): TunedSets {
  return Object.fromEntries(Object.entries(sets).filter(([part]) => !model[part]));
}

/** How many modules a client has in a slot of LoRA (Step 1.2). */
function modulesOf({ clients, scenario, shape }: Known, { modules }: Slot, id: string): number {
  if (modules === 'all') return loraSites(shape.config, shape.lora.targets).length;
  const { data, device } = clients.get(id)!;
  return designedModules(scenario, data.train.length, device);
}

/** The tensors that a client has of a part. */
export function tensorsOfPart(world: Known, { slot, roles }: Part, id: string): readonly TensorSpec[] {
  const { shape } = world;
  const all =
    slot.kind === 'adapters' ? adapterTensors(shape) : loraTensors(shape, modulesOf(world, slot, id));
  return tensorsWith(all, roles);
}
