import type { Model } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import { designedLora, type LoraSize } from '../learning/clients/device.js';
import { begunWith } from '../learning/interchange/begun-lora.js';
import type { Client } from '../learning/clients/population.js';
import { adapterTensors, initialAdapters } from '../learning/model/adapters.js';
import { initialLora, loraSites, loraTensors } from '../learning/model/lora.js';
import type { ModelShape } from '../learning/model/model-shape.js';
import { setWith, tensorsWith } from '../learning/model/roles.js';
import type { TunedSets } from '../learning/model/slots.js';
import { drawnSet, type ParamSet, type TensorSpec } from '../learning/params/param-set.js';
import { stream, type Stream } from '../simulation/random/stream.js';
import type { Slot } from '../strategies/methods/method.js';
import { isByResources, partsOf, type Part } from '../strategies/methods/parts.js';
import type { World } from './world.js';

type Known = Pick<World, 'begunLora' | 'scenario' | 'method' | 'shape'> & {
  readonly clients: ReadonlyMap<string, Pick<Client, 'data' | 'device'>>;
};

/**
 * Step 1.1: what the server inserts into the base model, by part. Of what clients share it makes one for all: an
 * average of modules that each client drew for itself would begin with a smaller A than any of them has, by the root
 * of how many they are. FedIT and Shepherd begin with one A for all as well.
 */
export function serverSets(world: Known): TunedSets {
  const { scenario, shape } = world;
  return setsOf(
    world,
    'server',
    () => atEverySite(shape),
    (name) => stream(scenario.seed, name),
  );
}

/**
 * Step 1.2: what a client makes for itself, by part. Slots whose changes go into the base begin anew with each version
 * of a stage.
 */
export function clientSets(world: Known, id: string, { stage, version }: Version): TunedSets {
  const { seed } = world.scenario;
  const begun = new Map(
    world.method.slots.map((slot) => [slot.name, beginsAnew(slot) ? [stage, version] : []]),
  );
  return setsOf(
    world,
    'client',
    (slot) => loraSizeOf(world, slot, id),
    (name) => stream(seed, name, id, ...begun.get(name)!),
  );
}

/** What of a client's own begins anew with this version, by part. */
export function renewedSets(world: Known, id: string, version: Version): TunedSets {
  const { method } = world;
  return clientSets({ ...world, method: { ...method, slots: method.slots.filter(beginsAnew) } }, id, version);
}

const beginsAnew = ({ change }: Slot) => change === 'whole';

/** A version of the global model of a stage. */
interface Version {
  readonly stage: Stage;
  readonly version: number;
}

/** The first values of what one side makes: draws are keyed by the slot whose values they are. */
function setsOf(
  { method, shape, begunLora }: Known,
  init: Slot['init'],
  sizeOf: (slot: Slot) => LoraSize,
  drawsOf: (name: string) => Stream,
): TunedSets {
  const made = partsOf(method).filter(({ slot }) => slot.init === init);
  const sets = made.map(({ name, slot, roles }) => {
    const { start, kind } = slot;
    const draws = drawsOf(typeof start === 'string' ? slot.name : start.as);
    const { modules, rank } = sizeOf(slot);
    const drawn =
      kind === 'adapters' ? initialAdapters(shape, draws) : initialLora(shape, modules, draws, rank);
    const begun = beginsAsPeft(method, slot) ? begunWith(drawn, begunLora) : drawn;
    const part = setWith(begun, roles);
    return [name, start === 'zero' ? zerosLike(part) : part] as const;
  });
  return Object.fromEntries(sets);
}

/** Whether a run from a LoRA of PEFT's begins a slot with it: the method's first LoRA, and what starts as that. */
function beginsAsPeft({ slots }: Known['method'], { name, start }: Slot): boolean {
  const first = slots.find(({ kind }) => kind === 'lora');
  return name === first?.name || (typeof start === 'object' && start.as === first?.name);
}

const zerosLike = ({ kind, tensors }: ParamSet) => drawnSet(kind, tensors, () => null);

/** Of some sets those that a model has nothing of yet. */
export function missingIn(model: Model, sets: TunedSets): TunedSets {
  return Object.fromEntries(Object.entries(sets).filter(([part]) => !model[part]));
}

const atEverySite = ({ config, lora }: ModelShape): LoraSize => ({
  modules: loraSites(config, lora.targets).length,
  rank: lora.r,
});

/** How many modules a client has in a slot of LoRA, and of which rank (Step 1.2). */
function loraSizeOf(
  { clients, scenario, shape }: Omit<Known, 'begunLora'>,
  slot: Slot,
  id: string,
): LoraSize {
  if (!isByResources(slot, scenario)) return atEverySite(shape);
  const { data, device } = clients.get(id)!;
  return designedLora(scenario, data.train.length, device);
}

/** The tensors that a client has of a part. */
export function tensorsOfPart(
  world: Omit<Known, 'begunLora'>,
  { slot, roles }: Part,
  id: string,
): readonly TensorSpec[] {
  const { shape } = world;
  const { modules, rank } = loraSizeOf(world, slot, id);
  const all = slot.kind === 'adapters' ? adapterTensors(shape) : loraTensors(shape, modules, rank);
  return tensorsWith(all, roles);
}
