import type { Model } from '../../machines/events.js';
import { withTensors } from '../learning/model/lora-rank.js';
import { blank } from '../learning/params/memory.js';
import type { ParamRef, TensorSpec } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { travel } from '../strategies/compression/travel.js';
import { isByResources, partsOf } from '../strategies/methods/parts.js';
import { tensorsOfPart } from './slots.js';
import type { World } from './world.js';

type Known = Pick<World, 'clients' | 'codecOf' | 'method' | 'scenario' | 'shape' | 'store'>;

/** The cuts of each part that was cut, by their shapes: clients of one size get one cut. */
const cuts = new WeakMap<ParamRef, Map<string, ParamRef>>();

/**
 * The global model as it is for a client: of LoRA that the server keeps it has the modules, and of these the rank,
 * that Step 1.2 gives the client. It is what the client's downloads name and bring, and what its work begins with.
 */
export function globalFor(world: Known, id: string, global: Model): Model {
  const cut = partsOf(world.method).flatMap((part) => {
    const ref = global[part.name];
    if (!ref || !isByResources(part.slot, world.scenario)) return [];
    return [[part.name, cutOf(world, part.name, ref, tensorsOfPart(world, part, id))] as const];
  });
  return cut.length === 0 ? global : { ...global, ...Object.fromEntries(cut) };
}

/** A set cut to these tensors, as it arrives: a cut is content of its own, which goes through the codec without any memory. */
function cutOf(
  { codecOf, scenario, store }: Known,
  part: string,
  ref: ParamRef,
  tensors: readonly TensorSpec[],
): ParamRef {
  const known = cuts.get(ref) ?? new Map<string, ParamRef>();
  cuts.set(ref, known);
  const size = JSON.stringify(tensors.map(({ name, shape }) => [name, shape]));
  const before = known.get(size);
  if (before) return before;
  const whole = store.get(ref);
  const set = withTensors(whole, tensors);
  if (set === whole) return ref;
  const draw = stream(scenario.seed, 'codec', part, 'cut', ref.hash, size);
  const sender = { base: null, residual: null, memory: blank, draw };
  const { bytes, arrived } = travel(codecOf('downlink', part), set, sender);
  const cut = store.put(arrived, { encodedBits: 8 * bytes.byteLength });
  known.set(size, cut);
  return cut;
}
