import {
  isSentWith,
  messageKinds,
  opensStage,
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
import { shared, type Method, type Slot } from '../../strategies/methods/method.js';
import { momentAt, partsOf, sharedParts, type Part } from '../../strategies/methods/parts.js';
import { orderBits } from '../../strategies/partial/order.js';
import type { Scenario } from '../../scenario/schema.js';
import type { Direction } from '../channel/directions/settings.js';
import { meanLink, type MeanLink } from './mean-link.js';
import { uploadBySharing, type SharedUpload } from './by-sharing.js';
import { atEverySite, heldParts, loraSizes, partTensors, type HeldPart, type Shapes } from './parts.js';
import { greatest } from '../../extremes.js';
import { sum } from '../../moments.js';

/** What is sent: seconds at the mean rate of the link, joules of the sender; null where the rate is. */
export interface Cost {
  readonly bits: number;
  readonly seconds: number | null;
  readonly joules: number | null;
}

/** One kind of message, as one client sends or gets it. */
export interface MessagePayload extends Cost {
  readonly kind: MessageKind;
  readonly step: MessageStep;
  readonly direction: Direction;
  readonly stage: Stage;
  /** Parameters by part; a message may carry nothing but its header. */
  readonly parts: Readonly<Record<string, number>>;
  /** How many LoRA modules travel, where they do: as many for every client. */
  readonly loraModules?: number;
  readonly parameters: number;
}

/** What one client's messages of a stage come to. */
export interface StagePayload {
  readonly stage: Stage;
  /** The messages that open the stage; null in alignment, which has none. */
  readonly opening: Cost | null;
  /** The updates of a round and the global models that answer them: of stage 2 one of each reward model. */
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
  /** An update of stage 1 against one that shares adapters and LoRA at every site (section V-B). */
  readonly saving: {
    readonly sharedParameters: number;
    readonly allParameters: number;
    readonly share: number;
  };
}

/**
 * What travels in a message, as src/actors sends it: Step 1.1 sends what the server makes, a round what is shared;
 * where rounds differ in that, the first round.
 */
function carriedBy(kind: MessageKind, method: Method, scenario: Scenario): readonly string[] {
  const { carries, stage } = protocol[kind];
  if (carries === 'model') return [...(scenario.model.preinstalled ? [] : ['base']), ...drawnParts(method)];
  if (carries !== 'shared') return carries;
  return sharedParts(method, momentAt(scenario, stage, 1));
}

/** Of what the server makes all that is no copy of another part, which would travel twice. */
function drawnParts(method: Method): readonly string[] {
  const made = partsOf(method).filter(({ slot }) => slot.init === 'server');
  return made.filter(({ slot }) => typeof slot.start === 'string').map(({ name }) => name);
}

/**
 * What a round of a method costs on the air, before any run: the parameters and bits of every kind of
 * message, seconds (bits over the mean rate of the link) and joules (the sender's mean power times seconds,
 * section V-B). Message headers count; packets, losses, retransmissions and feedback do not.
 */
export function payloadOf(scenario: Scenario, method: Method, shapes: Shapes): Payload {
  const tensors = partTensors(scenario, shapes);
  const largest = (slot: Slot) => loraSizes(scenario, shapes.model, slot).at(-1)!;
  const tuned = new Map(partsOf(method).map((part) => [part.name, part]));
  const tensorsOf = (name: string) => {
    const part = tuned.get(name);
    if (part) return tensors.tuned(part, largest(part.slot));
    return name === 'base' ? tensors.base : tensors.reward;
  };
  const { channel } = scenario;
  const { partial } = scenario.server;
  const link = {
    uplink: meanLink(scenario, 'uplink'),
    downlink: meanLink(scenario, 'downlink'),
  };
  const codecOf = codecsOf(codecs, channel);
  const kinds = messageKinds.filter(
    (kind) =>
      protocol[kind].carries.length > 0 &&
      isSentWith(method.rewards, kind) &&
      scenario.stages.includes(protocol[kind].stage),
  );
  const messages = kinds.map((kind) => {
    const { step, stage, direction } = protocol[kind];
    const names = carriedBy(kind, method, scenario);
    const lora = names.flatMap((name) => tuned.get(name)?.slot ?? []).filter(({ kind }) => kind === 'lora');
    const way = `${direction}link` as const;
    return {
      kind,
      step,
      direction: way,
      stage,
      ...(lora.length > 0 && { loraModules: greatest(lora.map((slot) => largest(slot).modules)) }),
      ...costOf(
        names.map((part) => ({
          part,
          parameters: parametersIn(tensorsOf(part)),
          bits:
            partial && way === 'uplink'
              ? expectedBitsByTensor(codecOf(way, part), tensorsOf(part))
              : encodedBits(codecOf(way, part), part, tensorsOf(part), kind),
        })),
        channel.headerBits +
          (partial && way === 'uplink' ? orderBits(partial.order, names.flatMap(tensorsOf).length) : 0),
        link[way],
      ),
    };
  });
  const update = messages.find(isUpload);
  return {
    parts: heldParts(scenario, shapes.model, method, tensors),
    link,
    messages,
    updateBySharing: update ? uploadBySharing(update.bits, scenario) : [],
    stages: scenario.stages.map((stage) => stagePayload(stage, scenario[stage].maxRounds, messages)),
    saving: savingOf(
      sharedParts(method).map(tensorsOf),
      everything.map((part) => tensors.tuned(part, atEverySite(scenario, shapes.model))),
    ),
  };
}

const isUpload = ({ direction }: MessagePayload) => direction === 'uplink';

interface FilledPart {
  readonly part: string;
  readonly parameters: number;
  readonly bits: number;
}

/** Where changes travel, what opens a stage has no version to be told from, and travels whole. */
function encodedBits(codec: Codec, part: string, tensors: readonly TensorSpec[], kind: MessageKind): number {
  const parameters = parametersIn(tensors);
  if (part === 'base') return baseBits(codec, parameters);
  return codec.delta && opensStage(kind) ? wholeBits(parameters) : codec.expectedBits(parameters, tensors);
}

function costOf(
  parts: readonly FilledPart[],
  headerBits: number,
  { meanRateBps, meanPowerWatts }: MeanLink,
): Pick<MessagePayload, 'parts' | 'parameters' | keyof Cost> {
  const bits = headerBits + sum(parts.map((part) => part.bits));
  const seconds = meanRateBps === null ? null : bits / meanRateBps;
  return {
    parts: Object.fromEntries(parts.map(({ part, parameters }) => [part, parameters])),
    parameters: sum(parts.map(({ parameters }) => parameters)),
    bits,
    seconds,
    joules: seconds === null || meanPowerWatts === null ? null : meanPowerWatts * seconds,
  };
}

function stagePayload(stage: Stage, maxRounds: number, messages: readonly MessagePayload[]): StagePayload {
  const own = messages.filter((message) => message.stage === stage);
  const openings = own.filter(({ kind }) => opensStage(kind));
  const round = total(own.filter(({ kind }) => !opensStage(kind)));
  const rounds = Array.from({ length: maxRounds }, () => round);
  return {
    stage,
    opening: openings.length === 0 ? null : total(openings),
    round,
    maxRounds,
    allRounds: total([...openings, ...rounds]),
  };
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

function savingOf(
  shared: readonly (readonly TensorSpec[])[],
  all: readonly (readonly TensorSpec[])[],
): Payload['saving'] {
  const [sharedParameters, allParameters] = [shared, all].map((parts) => sum(parts.map(parametersIn))) as [
    number,
    number,
  ];
  return { sharedParameters, allParameters, share: 1 - sharedParameters / allParameters };
}
