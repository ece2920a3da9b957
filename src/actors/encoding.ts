import type { Memories } from '../../machines/events.js';
import type { SharedPart } from '../../machines/protocol.js';
import { recalled, remembered } from '../learning/params/memory.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import type { World } from './world.js';

type Parts<T> = Readonly<Partial<Record<SharedPart, T>>>;

/** Parts as they arrive, and what the codec then remembers of them. */
export interface Encoded {
  readonly parts: Parts<ParamRef>;
  readonly memory: Memories;
}

/** Encodes parts that travel; `key` tells the draws of this message from those of all others. */
export function encoded(
  { codec, scenario, store }: Pick<World, 'codec' | 'scenario' | 'store'>,
  parts: Parts<ParamSet>,
  memory: Memories,
  ...key: readonly (string | number)[]
): Encoded {
  const sent = Object.entries(parts).map(([name, set]) => {
    const part = name as SharedPart;
    const draw = stream(scenario.seed, 'codec', part, ...key);
    const { bytes, memory: next } = codec.encode(set, recalled(store, memory[part]), draw);
    const ref = store.put(codec.decode(bytes, set), 8 * bytes.byteLength);
    return { part, ref, next: remembered(store, next) };
  });
  return {
    parts: Object.fromEntries(sent.map(({ part, ref }) => [part, ref])),
    memory: { ...memory, ...Object.fromEntries(sent.map(({ part, next }) => [part, next])) },
  };
}
