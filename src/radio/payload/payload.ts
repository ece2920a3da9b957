import {
  isSentWith,
  messageKinds,
  opensStage,
  protocol,
  type MessageKind,
  type MessageStep,
  type PartName,
  type Stage,
} from '../../../machines/protocol.js';
import { parametersIn, type TensorSpec } from '../../learning/params/param-set.js';
import { baseBits, codecsOf } from '../../strategies/compression/by-part.js';
import type { Codec } from '../../strategies/compression/codec.js';
import { wholeBits } from '../../strategies/compression/frame.js';
import { codecs } from '../../strategies/compression/index.js';
import { sharedParts, trainedParts, type Method } from '../../strategies/methods/method.js';
import type { Scenario } from '../../scenario/schema.js';
import type { Direction } from '../channel/directions/settings.js';
import { meanLink, type MeanLink } from './mean-link.js';
import { uploadBySharing, type SharedUpload } from './by-sharing.js';
import {
  heldParts,
  loraModuleEnds,
  partTensors,
  type HeldPart,
  type PartTensors,
  type Shapes,
} from './parts.js';
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
  readonly parts: Readonly<Partial<Record<PartName, number>>>;
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
 * What travels in a message, as src/actors sends it: Step 1.1 sends adapters whenever they are trained, LoRA where
 * it is shared.
 */
function partsOf(kind: MessageKind, method: Method, { model }: Scenario): readonly PartName[] {
  const { carries } = protocol[kind];
  if (carries === 'shared') return sharedParts(method);
  const isSent: Readonly<Partial<Record<PartName, boolean>>> = {
    base: !model.preinstalled,
    adapters: trainedParts(method).includes('adapters'),
    lora: sharedParts(method).includes('lora'),
  };
  return carries.filter((part) => isSent[part] ?? true);
}

/**
 * What a round of a method costs on the air, before any run: the parameters and bits of every kind of
 * message, seconds (bits over the mean rate of the link) and joules (the sender's mean power times seconds,
 * section V-B). Message headers count; packets, losses, retransmissions and feedback do not.
 */
export function payloadOf(scenario: Scenario, method: Method, shapes: Shapes): Payload {
  const tensors = partTensors(scenario, shapes);
  const loraModules = loraModuleEnds(scenario, shapes.model, method);
  // Modules that travel are the same for all clients.
  const modules = greatest(loraModules);
  const { channel } = scenario;
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
    const parts = partsOf(kind, method, scenario);
    const way = `${direction}link` as const;
    return {
      kind,
      step,
      direction: way,
      stage,
      ...(parts.includes('lora') && { loraModules: modules }),
      ...costOf(
        filledParts(parts, tensors, modules).map(({ part, tensors: specs }) => ({
          part,
          parameters: parametersIn(specs),
          bits: encodedBits(codecOf(way, part), part, specs, kind),
        })),
        channel.headerBits,
        link[way],
      ),
    };
  });
  const update = messages.find(isUpload);
  return {
    parts: heldParts(scenario, method, tensors, loraModules),
    link,
    messages,
    updateBySharing: update ? uploadBySharing(update.bits, scenario) : [],
    stages: scenario.stages.map((stage) => stagePayload(stage, scenario[stage].maxRounds, messages)),
    saving: savingOf(
      method,
      tensors,
      modules,
      greatest(loraModuleEnds(scenario, shapes.model, { ...method, loraModules: 'all' })),
    ),
  };
}

const isUpload = ({ direction }: MessagePayload) => direction === 'uplink';

interface FilledPart {
  readonly part: PartName;
  readonly parameters: number;
  readonly bits: number;
}

function filledParts(names: readonly PartName[], { lora, reward, ...others }: PartTensors, modules: number) {
  const tensorsOfPart: Readonly<Record<PartName, readonly TensorSpec[]>> = {
    ...others,
    lora: lora(modules),
    helpful: reward,
    harmless: reward,
  };
  return names.map((part) => ({ part, tensors: tensorsOfPart[part] }));
}

/** Where changes travel, what opens a stage has no version to be told from, and travels whole. */
function encodedBits(
  codec: Codec,
  part: PartName,
  tensors: readonly TensorSpec[],
  kind: MessageKind,
): number {
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

function savingOf(
  method: Method,
  { adapters, lora }: PartTensors,
  modules: number,
  everySite: number,
): Payload['saving'] {
  const sizeOfPart = { adapters: parametersIn(adapters), lora: parametersIn(lora(modules)) };
  const sharedParameters = sum(sharedParts(method).map((part) => sizeOfPart[part]));
  const allParameters = sizeOfPart.adapters + parametersIn(lora(everySite));
  return { sharedParameters, allParameters, share: 1 - sharedParameters / allParameters };
}
