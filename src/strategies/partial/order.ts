import type { LaidTensor, Layout } from '../../../machines/events.js';
import { packedBytes } from '../compression/packed-bits.js';

/** What an order knows of a tensor: w as it is sent, w₀ as the work on it began, null where there was none. */
export interface Compared {
  readonly values: Float32Array;
  readonly start: Float32Array | null;
}

/** Greater is more important, and lies before; null: the order of the model, which no message has to say. */
type Importance = ((tensor: Compared) => number) | null;

/** By the name that `server.partial.order` gives. */
export const orders = {
  given: null,
  /** ‖w − w₀‖ / ‖w‖; 1 without a start, 0 where nothing changed. */
  'relative-change': (tensor) => {
    const change = changeNorm(tensor);
    return change === 0 ? 0 : change / norm(tensor.values);
  },
  /** The root mean square of w − w₀. */
  'change-per-value': (tensor) => changeNorm(tensor) / Math.sqrt(tensor.values.length),
} as const satisfies Readonly<Record<string, Importance>>;

export type OrderName = keyof typeof orders;

/** A tensor of an update with what its place goes by. */
export type Placed = LaidTensor & Compared;

/** The tensors of an update, which come in the order of the model, as they lie in its packets; equals stay as they are. */
export function laidOut(tensors: readonly Placed[], order: OrderName): Layout {
  const importance: Importance = orders[order];
  const laid = tensors.map((tensor) => ({ tensor, weight: importance?.(tensor) ?? 0 }));
  return {
    orderBits: orderBits(order, tensors.length),
    tensors: laid
      .sort((a, b) => b.weight - a.weight)
      .map(({ tensor: { part, name, parameters, bits } }) => ({ part, name, parameters, bits })),
  };
}

/** Bits that say the order of so many tensors: of each its number, packed into whole bytes. */
export function orderBits(order: OrderName, tensors: number): number {
  if (orders[order] === null || tensors < 2) return 0;
  return 8 * packedBytes(tensors, 32 - Math.clz32(tensors - 1));
}

function changeNorm({ values, start }: Compared): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - (start?.[i] ?? 0)) ** 2;
  return Math.sqrt(squares);
}

/** In float64. */
function norm(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
