import type { Upload } from '../../machines/events.js';
import type { Stage, UploadKind } from '../../machines/protocol.js';
import { parametersIn, type TensorSpec } from '../learning/params/param-set.js';
import type { ParamStore } from '../learning/params/store.js';
import type { Slot } from '../radio/air/slot.js';
import type { AirMean } from '../strategies/over-the-air/air-mean.js';
import { tensorsIn, type Reception } from '../strategies/over-the-air/reception.js';

/** A part of the model as it is laid out on the air. */
interface PartOnAir {
  readonly part: string;
  readonly tensors: readonly TensorSpec[];
}

/** What the server heard in a slot, and how to read it. */
export interface Heard {
  readonly slot: Slot;
  /** The parts, one after the other. */
  readonly parts: readonly PartOnAir[];
  /** The greatest weight of a client in it. */
  readonly fullWeight: number;
}

/** A version has one slot for each kind of update. */
export const slotKey = (stage: Stage, version: number, kind: UploadKind) => `${stage} ${version} ${kind}`;

/** Part by part the tensors that any of these updates holds. */
export function partsOnAir(store: ParamStore, uploads: readonly Upload[]): readonly PartOnAir[] {
  const names = new Set(uploads.flatMap(({ params }) => Object.keys(params)));
  return [...names].flatMap((part) => {
    const refs = uploads.flatMap(({ params }) => params[part] ?? []);
    return refs.length === 0 ? [] : [{ part, tensors: tensorsIn(refs.map((ref) => store.get(ref))) }];
  });
}

export function valuesIn(parts: readonly PartOnAir[]): number {
  return parts.reduce((sum, { tensors }) => sum + parametersIn(tensors), 0);
}

/** What was heard of one part of the updates that answer a version; absent where each update is received by itself. */
export function receptionOf(
  { heard, airMean }: { readonly heard: ReadonlyMap<string, Heard>; readonly airMean: AirMean | null },
  { stage, version, kind, part }: { stage: Stage; version: number; kind: UploadKind; part: string },
): Reception | undefined {
  const found = heard.get(slotKey(stage, version, kind));
  const index = found?.parts.findIndex((each) => each.part === part) ?? -1;
  if (found === undefined || index < 0 || airMean === null) return undefined;
  const { slot, parts, fullWeight } = found;
  const { tensors } = parts[index]!;
  const start = valuesIn(parts.slice(0, index));
  const end = start + parametersIn(tensors);
  const blocks = slot.blocks.flatMap(({ from, to, active }) => {
    const block = { from: Math.max(from, start) - start, to: Math.min(to, end) - start, active };
    return block.to > block.from ? [block] : [];
  });
  return { ...airMean, tensors, blocks, snr: slot.snr, fullWeight };
}
