import type { Memories } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import { recalled, remembered } from '../learning/params/memory.js';
import { nonFiniteIn } from '../learning/params/finite.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { nameOf } from '../strategies/strategy.js';
import { likelyCause } from './finite-result.js';
import type { World } from './world.js';

type Parts<T> = Readonly<Record<string, T>>;

/** Parts as they arrive, and what the codec then remembers of them. */
export interface Encoded {
  readonly parts: Parts<ParamRef>;
  readonly memory: Memories;
}

/** Whose message it is; with actor and stage, `key` tells its draws from those of all other messages. */
interface Sending {
  readonly actor: string;
  readonly stage: Stage;
  readonly round: number;
  readonly key: readonly (number | string)[];
}

/** Encodes parts that travel. Error where the codec makes NaN or infinity of one, as of what is too large for it. */
export function encoded(
  { codec, scenario, store }: Pick<World, 'codec' | 'scenario' | 'store'>,
  parts: Parts<ParamSet>,
  memory: Memories,
  { actor, stage, round, key }: Sending,
): Encoded {
  const sent = Object.entries(parts).map(([part, set]) => {
    const draw = stream(scenario.seed, 'codec', part, actor, stage, ...key);
    const { bytes, memory: next } = codec.encode(set, recalled(store, memory[part]), draw);
    const decoded = codec.decode(bytes, set);
    const found = nonFiniteIn(decoded);
    if (found !== null) {
      throw new Error(
        `${actor}: in ${stage} round ${round} channel.compression ${nameOf(scenario.channel.compression)} makes ` +
          `parameters that are not finite, ${found}; likely ${likelyCause(scenario, stage, round)}`,
      );
    }
    const ref = store.put(decoded, 8 * bytes.byteLength);
    return { part, ref, next: remembered(store, next) };
  });
  return {
    parts: Object.fromEntries(sent.map(({ part, ref }) => [part, ref])),
    memory: { ...memory, ...Object.fromEntries(sent.map(({ part, next }) => [part, next])) },
  };
}
