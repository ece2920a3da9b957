import { opensStage, protocol, type MessageKind } from '../../../machines/protocol.js';
import type { TensorSpec } from '../../learning/params/param-set.js';
import type { Scenario } from '../../scenario/schema.js';
import { changeTensors } from '../../strategies/combination/change-tensors.js';
import type { Method, Slot } from '../../strategies/methods/method.js';
import { momentAt, partsOf, sharedParts, slotIn } from '../../strategies/methods/parts.js';
import { loraSizes, type PartTensors, type Shapes } from './parts.js';

/** A part of a message. */
export interface Cargo {
  readonly part: string;
  readonly tensors: readonly TensorSpec[];
  /** Of LoRA that clients have: the modules of the client with the most. */
  readonly loraModules?: number;
  /** Whether no version came before it from which it could travel as a difference. */
  readonly isNew: boolean;
}

/** What a kind of message carries, and in which rounds of its stage; null where it opens the stage. */
export interface Carried {
  readonly rounds: readonly number[] | null;
  readonly cargo: readonly Cargo[];
}

/** What payloads are computed from. */
export interface Known {
  readonly scenario: Scenario;
  readonly method: Method;
  readonly shapes: Shapes;
  readonly tensors: PartTensors;
}

/** What travels in a kind of message, as src/actors sends it: once for each way in which rounds of its stage differ. */
export function carriedBy(kind: MessageKind, known: Known): readonly Carried[] {
  const { carries, stage } = protocol[kind];
  const { scenario, method } = known;
  if (carries === 'model') return [{ rounds: null, cargo: modelOf(known).map(cargoOf(known, true)) }];
  const rounds = Array.from({ length: scenario[stage].maxRounds }, (_, before) => before + 1);
  if (carries !== 'shared') {
    const cargo = carries.map(cargoOf(known, opensStage(kind)));
    return [{ rounds: opensStage(kind) ? null : rounds, cargo }];
  }
  const namesOf = (round: number) => sharedParts(method, momentAt(scenario, stage, round));
  return alike(rounds, namesOf).map((rounds) => ({
    rounds,
    cargo: cargoOfRound(namesOf(rounds[0]!), kind, known),
  }));
}

/** Step 1.1 sends what the server makes, but no copy of another part, which would travel twice. */
function modelOf({ scenario, method }: Known): readonly string[] {
  const made = partsOf(method).filter(({ slot }) => slot.init === 'server' && typeof slot.start === 'string');
  return [...(scenario.model.preinstalled ? [] : ['base']), ...made.map(({ name }) => name)];
}

/** Rounds in which the same parts travel, in the order of the first of each. */
function alike(
  rounds: readonly number[],
  namesOf: (round: number) => readonly string[],
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const round of rounds) {
    const names = namesOf(round).join();
    groups.set(names, [...(groups.get(names) ?? []), round]);
  }
  return [...groups.values()];
}

/** An update has the shared parts; a global model has in place of them, or beside them, what they change the base by. */
function cargoOfRound(names: readonly string[], kind: MessageKind, known: Known): readonly Cargo[] {
  const cargo = names.map(cargoOf(known, false));
  if (protocol[kind].direction === 'up') return cargo;
  return cargo.flatMap((own) => {
    const slot = slotIn(known.method, own.part);
    if (slot?.change === undefined) return [own];
    return [...(slot.change === 'whole' ? [] : [own]), changeOf(known, slot)];
  });
}

const cargoOf =
  ({ scenario, method, shapes, tensors }: Known, isNew: boolean) =>
  (part: string): Cargo => {
    const tuned = partsOf(method).find(({ name }) => name === part);
    if (!tuned) return { part, tensors: part === 'base' ? tensors.base : tensors.reward, isNew };
    const size = loraSizes(scenario, shapes.model, tuned.slot).at(-1)!;
    return {
      part,
      tensors: tensors.tuned(tuned, size),
      ...(tuned.slot.kind === 'lora' && { loraModules: size.modules }),
      isNew,
    };
  };

/** What a version changes the base by where all clients' updates came to it. */
function changeOf({ scenario, method, shapes, tensors }: Known, slot: Slot): Cargo {
  const ofClient = partsOf({ ...method, slots: [slot] }).flatMap((part) =>
    tensors.tuned(part, loraSizes(scenario, shapes.model, slot).at(-1)!),
  );
  return {
    part: `${slot.name}.change`,
    tensors: changeTensors(ofClient, slot.change!, scenario.clients.count),
    isNew: true,
  };
}
