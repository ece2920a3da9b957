import type { ClientData } from '../../data/types.js';
import { paramSet, tensorsOf, type ParamSet } from '../../params/param-set.js';
import type { Stream } from '../../../simulation/random/stream.js';
import type { Strategy } from '../../../strategies/strategy.js';

/** One part of an update, before its codec. */
export interface HonestPart {
  /** What the client trained. */
  readonly own: ParamSet;
  /** What it began with: the global model, or its own first parameters where there is no global one yet. */
  readonly start: ParamSet;
  /** What it trained for its first update of this kind in the run; only where the attack `replays`. */
  readonly first: ParamSet;
}

/** What an update says, as it is to arrive: after its codec. */
export interface Said {
  /** Whose it is. */
  readonly inNameOf: string;
  /** The version of the global model that it was asked to work on. */
  readonly version: number;
  readonly rows: number;
  readonly parts: Readonly<Record<string, ParamSet>>;
}

/** What a poisoned client does; its own model stays what it trained. */
export interface Attack {
  /** What it sends in place of a part; absent: what it trained. */
  update?(this: void, part: HonestPart, draw: Stream): ParamSet;
  /** What it trains on; absent: its own data. */
  data?(this: void, own: ClientData, draw: Stream): ClientData;
  /** What it says in place of what is true; absent: the truth. */
  lie?(this: void, honest: Said): Partial<Said>;
  /** Whether it asks for its first updates. */
  readonly replays?: boolean;
}

export type AttackStrategy = Strategy<Attack>;

/**
 * A set like `own`, each value a function of its own and of that in `start`. Error where `start` lacks a tensor.
 */
export function changed(
  { own, start }: Pick<HonestPart, 'own' | 'start'>,
  value: (own: number, start: number) => number,
): ParamSet {
  const starts = new Map([...tensorsOf(start)].map(({ name, values }) => [name, values]));
  const tensors = [...tensorsOf(own)].map(({ values, ...tensor }) => {
    const from = starts.get(tensor.name);
    if (from?.length !== values.length) {
      throw new Error(`tensor ${tensor.name} of an update is not in the model that it began with`);
    }
    return { ...tensor, values: values.map((each, i) => value(each, from[i]!)) };
  });
  return paramSet(own.kind, tensors);
}
