import {
  isSentWith,
  messageKinds,
  protocol,
  type MessageKind,
  type MessageStep,
  type Stage,
} from '../../../machines/protocol.js';
import { parametersIn, type TensorSpec } from '../../learning/params/param-set.js';
import { baseBits, codecsOf } from '../../strategies/compression/by-part.js';
import { expectedBitsByTensor } from '../../strategies/compression/by-tensor.js';
import type { Codec } from '../../strategies/compression/codec.js';
import { wholeBits } from '../../strategies/compression/frame.js';
import { codecs } from '../../strategies/compression/index.js';
import { shared, type Method } from '../../strategies/methods/method.js';
import { partsOf, type Part } from '../../strategies/methods/parts.js';
import { orderBits } from '../../strategies/partial/order.js';
import type { Scenario } from '../../scenario/schema.js';
import type { Direction } from '../channel/directions/settings.js';
import { meanLink, type MeanLink } from './mean-link.js';
import { uploadBySharing, type SharedUpload } from './by-sharing.js';
import { carriedBy, type Cargo } from './carried.js';
import { atEverySite, heldParts, partTensors, type HeldPart, type Shapes } from './parts.js';
import { greatest } from '../../extremes.js';
import { sum } from '../../moments.js';

/** What is sent: seconds at the mean rate of the link, joules of the sender; null where the rate is. */
export interface Cost {
  readonly bits: number;
  readonly seconds: number | null;
  readonly joules: number | null;
}

/** One kind of message, as one client sends or gets it; rounds that carry something else have one of their own. */
export interface MessagePayload extends Cost {
  readonly kind: MessageKind;
  readonly step: MessageStep;
  readonly direction: Direction;
  readonly stage: Stage;
  /** The rounds of the stage in which it is so, as far as there are; null where it opens the stage. */
  readonly rounds: readonly number[] | null;
  /** Parameters by part; a message may carry nothing but its header. */
  readonly parts: Readonly<Record<string, number>>;
  /** How many LoRA modules travel, where they do: where clients differ, those of the one with the most. */
  readonly loraModules?: number;
  readonly parameters: number;
}

/** What one client's messages of a stage come to. */
export interface StagePayload {
  readonly stage: Stage;
  /** The messages that open the stage; null in alignment, which has none. */
  readonly opening: Cost | null;
  /**
   * The updates of a round and the global models that answer them, of stage 2 one of each reward model: the mean of
   * the rounds where they differ.
   */
  readonly round: Cost;
  readonly maxRounds: number;
  /** The opening and `maxRounds` rounds: a stage that converges ends earlier. */
  readonly allRounds: Cost;
}

export interface Payload {
  /** What a client has; its LoRA at both ends where clients differ. */
  readonly parts: readonly HeldPart[];
  readonly link: Readonly<Record<Direction, MeanLink>>;
  readonly messages: readonly MessagePayload[];
  readonly stages: readonly StagePayload[];
  /** The client's first update under every way of sharing the uplink's band. */
  readonly updateBySharing: readonly SharedUpload[];
  /** The first update of what is tuned against one of adapters and LoRA at every site (section V-B). */
  readonly saving: {
    readonly sharedParameters: number;
    readonly allParameters: number;
    readonly share: number;
  };
}

/**
 * What a round of a method costs on the air, before any run: the parameters and bits of every kind of
 * message, seconds (bits over the mean rate of the link) and joules (the sender's mean power times seconds,
 * section V-B). Message headers count; packets, losses, retransmissions and feedback do not.
 */
export function payloadOf(scenario: Scenario, method: Method, shapes: Shapes): Payload {
  const tensors = partTensors(scenario, shapes);
  const { channel } = scenario;
  const link = {
    uplink: meanLink(scenario, 'uplink'),
    downlink: meanLink(scenario, 'downlink'),
  };
  const bitsOf = encodingOf(scenario);
  const kinds = messageKinds.filter(
    (kind) =>
      protocol[kind].carries.length > 0 &&
      isSentWith(method.rewards, kind) &&
      scenario.stages.includes(protocol[kind].stage),
  );
  const messages = kinds.flatMap((kind) => {
    const { step, stage, direction } = protocol[kind];
    const way = `${direction}link` as const;
    return carriedBy(kind, { scenario, method, shapes, tensors }).map(
      ({ rounds, cargo }): MessagePayload => ({
        kind,
        step,
        direction: way,
        stage,
        rounds,
        ...modulesIn(cargo),
        parts: Object.fromEntries(cargo.map(({ part, tensors }) => [part, parametersIn(tensors)])),
        parameters: sum(cargo.map(({ tensors }) => parametersIn(tensors))),
        ...costOf(channel.headerBits + bitsOf(way, cargo), link[way]),
      }),
    );
  });
  const update = messages.find(isUpload);
  return {
    parts: heldParts(scenario, shapes.model, method, tensors),
    link,
    messages,
    updateBySharing: update ? uploadBySharing(update.bits, scenario) : [],
    stages: scenario.stages.map((stage) => stagePayload(stage, scenario[stage].maxRounds, messages)),
    saving: savingOf(
      messages.find((message) => isUpload(message) && message.stage !== 'reward')?.parameters ?? 0,
      everything.map((part) => tensors.tuned(part, atEverySite(scenario, shapes.model))),
    ),
  };
}

const isUpload = ({ direction }: MessagePayload) => direction === 'uplink';

function modulesIn(cargo: readonly Cargo[]): Pick<MessagePayload, 'loraModules'> {
  const modules = cargo.flatMap(({ loraModules }) => loraModules ?? []);
  return modules.length === 0 ? {} : { loraModules: greatest(modules) };
}

/** The bits of what a message carries, without its header. */
function encodingOf({ channel, server: { partial } }: Scenario) {
  const codecOf = codecsOf(codecs, channel);
  return (way: Direction, cargo: readonly Cargo[]): number => {
    if (!partial || way === 'downlink')
      return sum(cargo.map((own) => encodedBits(codecOf(way, own.part), own)));
    const byTensor = cargo.map(({ part, tensors }) => expectedBitsByTensor(codecOf(way, part), tensors));
    return sum(byTensor) + orderBits(partial.order, cargo.flatMap(({ tensors }) => tensors).length);
  };
}

/** Where differences travel, what has no version before it travels whole. */
function encodedBits(codec: Codec, { part, tensors, isNew }: Cargo): number {
  const parameters = parametersIn(tensors);
  if (part === 'base') return baseBits(codec, parameters);
  return codec.delta && isNew ? wholeBits(parameters) : codec.expectedBits(parameters, tensors);
}

function costOf(bits: number, { meanRateBps, meanPowerWatts }: MeanLink): Cost {
  const seconds = meanRateBps === null ? null : bits / meanRateBps;
  return {
    bits,
    seconds,
    joules: seconds === null || meanPowerWatts === null ? null : meanPowerWatts * seconds,
  };
}

function stagePayload(stage: Stage, maxRounds: number, messages: readonly MessagePayload[]): StagePayload {
  const own = messages.filter((message) => message.stage === stage);
  const openings = own.filter(({ rounds }) => rounds === null);
  const inRounds = total(
    own.map((message) => scaled(message, (value) => (message.rounds?.length ?? 0) * value)),
  );
  return {
    stage,
    opening: openings.length === 0 ? null : total(openings),
    round: scaled(inRounds, (value) => value / maxRounds),
    maxRounds,
    allRounds: total([...openings, inRounds]),
  };
}

function scaled({ bits, seconds, joules }: Cost, scale: (value: number) => number): Cost {
  const known = (value: number | null) => (value === null ? null : scale(value));
  return { bits: scale(bits), seconds: known(seconds), joules: known(joules) };
}

/** The sum of costs; nothing is known of it where one of them is not known. */
function total(costs: readonly Cost[]): Cost {
  const sum = (values: readonly (number | null)[]) =>
    values.reduce((before, value) => (before === null || value === null ? null : before + value), 0);
  return {
    bits: costs.reduce((before, { bits }) => before + bits, 0),
    seconds: sum(costs.map(({ seconds }) => seconds)),
    joules: sum(costs.map(({ joules }) => joules)),
  };
}

/** Adapters and a LoRA module at every site, as section V-B shares them. */
const everything: readonly Pick<Part, 'slot' | 'roles'>[] = partsOf({
  slots: [shared('adapters'), shared('lora')],
});

function savingOf(sharedParameters: number, all: readonly (readonly TensorSpec[])[]): Payload['saving'] {
  const allParameters = sum(all.map(parametersIn));
  return { sharedParameters, allParameters, share: 1 - sharedParameters / allParameters };
}
