import type { CodecState, Layout, Model, Residuals, Unsettled } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import { recalled, remembered } from '../learning/params/memory.js';
import { nonFiniteIn } from '../learning/params/finite.js';
import { tensorsOf, type ParamRef, type ParamSet } from '../learning/params/param-set.js';
import { stream } from '../simulation/random/stream.js';
import { compressionOf, type Direction } from '../strategies/compression/by-part.js';
import { travelByTensor } from '../strategies/compression/by-tensor.js';
import { haveSameTensors, travel } from '../strategies/compression/travel.js';
import { byName } from '../strategies/aggregation/deltas.js';
import { laidOut, type Placed } from '../strategies/partial/order.js';
import { nameOf } from '../strategies/strategy.js';
import { changedBits } from './changes-since.js';
import { likelyCause } from './finite-result.js';
import type { World } from './world.js';

type Parts<T> = Readonly<Record<string, T>>;
type Coding = Pick<World, 'codecOf' | 'scenario' | 'store'>;

/** Parts as they arrive, what is owed while they are on their way, and what becomes of it then. */
export interface Encoded {
  readonly parts: Parts<ParamRef>;
  readonly residuals: Residuals;
  readonly unsettled: Unsettled;
  /** Of a message whose tensors stand by themselves; absent of all others. */
  readonly layout?: Layout;
}

/** Whose message it is; with actor and stage, `key` tells its draws from those of all other messages. */
interface Sending {
  readonly direction: Direction;
  /** What both ends know of the global model. */
  readonly bases: Partial<Model>;
  readonly actor: string;
  readonly stage: Stage;
  readonly round: number;
  readonly key: readonly (number | string)[];
}

/** Encodes parts that travel. Error where the codec makes NaN or infinity of one, as of what is too large for it. */
export function encoded(world: Coding, parts: Parts<ParamSet>, state: CodecState, sending: Sending): Encoded {
  const sent = Object.entries(parts).map(([part, set]) => encodedPart(world, part, set, state, sending));
  const owing = sent.flatMap(({ part, owed }) => (owed ? [{ part, ...owed }] : []));
  const { partial } = world.scenario.server;
  const tensors = sent.flatMap(({ tensors }) => tensors);
  const isTaken = (name: string) => owing.some(({ part }) => part === name);
  return {
    parts: Object.fromEntries(sent.map(({ part, ref }) => [part, ref])),
    residuals: Object.fromEntries(Object.entries(state.residuals).filter(([part]) => !isTaken(part))),
    unsettled: {
      memory: Object.fromEntries(sent.map(({ part, memory }) => [part, memory])),
      delivered: Object.fromEntries(owing.map(({ part, delivered }) => [part, delivered])),
      dropped: Object.fromEntries(owing.map(({ part, dropped }) => [part, dropped])),
    },
    ...(partial && sending.direction === 'uplink' && { layout: laidOut(tensors, partial.order) }),
  };
}

function encodedPart(
  { codecOf, scenario, store }: Coding,
  part: string,
  set: ParamSet,
  { memory, residuals }: CodecState,
  { direction, bases, actor, stage, round, key }: Sending,
) {
  const codec = codecOf(direction, part);
  const baseRef = codec.delta ? (bases[part] ?? null) : null;
  const known = baseRef && store.get(baseRef);
  const base = known && haveSameTensors(known, set) ? known : null;
  const owed = residuals[part];
  const sender = {
    base,
    residual: owed ? store.get(owed) : null,
    memory: recalled(store, memory[part]),
    draw: stream(scenario.seed, 'codec', part, actor, stage, ...key),
  };
  const isByTensor = scenario.server.partial !== null && direction === 'uplink';
  const {
    bits: tensorBits,
    bytes,
    arrived,
    ...after
  } = isByTensor ? travelByTensor(codec, set, sender) : { ...travel(codec, set, sender), bits: null };
  const found = nonFiniteIn(arrived) ?? nonFiniteIn(set);
  if (found !== null) {
    throw new Error(
      `${actor}: in ${stage} round ${round} channel.compression ` +
        `${nameOf(compressionOf(scenario.channel, direction, part))} makes ` +
        `parameters that are not finite, ${found}; likely ${likelyCause(scenario, stage, round)}`,
    );
  }
  const bits = 8 * bytes.byteLength;
  const isVersion = direction === 'downlink' && base && baseRef;
  const start = bases[part] ?? null;
  return {
    part,
    tensors: tensorBits ? placed(part, set, start && store.get(start), tensorBits) : [],
    ref: store.put(arrived, isVersion ? changedBits(baseRef, bits) : { encodedBits: bits }),
    memory: remembered(store, after.memory),
    owed: after.residual && {
      delivered: store.put(after.residual.delivered),
      dropped: store.put(after.residual.dropped),
    },
  };
}

/** The tensors of a part with their bits, and what they were as the work on them began. */
function placed(
  part: string,
  set: ParamSet,
  start: ParamSet | null,
  bits: readonly number[],
): readonly Placed[] {
  const before = byName(start);
  return [...tensorsOf(set)].map(({ name, values }, index) => ({
    ...{ part, name, values, parameters: values.length, bits: bits[index]! },
    start: before.get(name)?.values ?? null,
  }));
}
