import type { Layout, LaidTensor, TensorNames } from '../../../machines/events.js';

/** How a message is cut into packets, in bits without packet headers. */
export interface Cut {
  readonly headerBits: number;
  readonly packetBits: number;
}

/**
 * The tensors of an update of which no packet is missing, in the order in which they lie there. The header and what
 * says the order lie before all tensors, and without them nothing can be read.
 */
export function wholeTensors(
  { orderBits, tensors }: Layout,
  { headerBits, packetBits }: Cut,
  missing: readonly number[],
): readonly LaidTensor[] {
  const lost = new Set(missing);
  const isWhole = (fromBit: number, toBit: number) => {
    for (let packet = Math.floor(fromBit / packetBits); packet * packetBits < toBit; packet++) {
      if (lost.has(packet)) return false;
    }
    return true;
  };
  let at = headerBits + orderBits;
  if (!isWhole(0, at)) return [];
  return tensors.filter(({ bits }) => {
    const from = at;
    at += bits;
    return isWhole(from, at);
  });
}

/** What a server uses of tensors that have arrived: none where they are less than a share of the update's parameters. */
export function enough(
  arrived: readonly LaidTensor[],
  { tensors }: Layout,
  leastShare: number,
): readonly LaidTensor[] {
  return parametersOf(arrived) >= leastShare * parametersOf(tensors) ? arrived : [];
}

/** By part, the names of some tensors. */
export function namesByPart(tensors: readonly LaidTensor[]): TensorNames {
  const names: Record<string, string[]> = {};
  for (const { part, name } of tensors) (names[part] ??= []).push(name);
  return names;
}

const parametersOf = (tensors: readonly LaidTensor[]) =>
  tensors.reduce((sum, { parameters }) => sum + parameters, 0);
