import type { Download, Stage, Upload } from '../../../machines/events.js';
import { messageBits } from '../channel/message-bits.js';
import type { Method } from '../../strategies/methods/index.js';
import type { Scenario } from '../../scenario/schema.js';
import type { Direction } from '../channel/directions/settings.js';
import type { Channel } from '../channel/settings.js';
import { meanLink, type MeanLink } from './mean-link.js';
import {
  heldParts,
  loraModuleEnds,
  partSizes,
  type HeldPart,
  type Part,
  type PartSizes,
  type Shapes,
} from './parts.js';

/** What is sent: seconds at the mean rate of the link, joules of the sender; null where the rate is. */
export interface Cost {
  readonly bits: number;
  readonly seconds: number | null;
  readonly joules: number | null;
}

/** One kind of message, as one client sends or gets it. */
export interface MessagePayload extends Cost {
  readonly kind: Download['kind'] | Upload['kind'];
  readonly step: Download['step'] | Upload['step'];
  readonly direction: Direction;
  readonly stage: Stage;
  /** Parameters by part; a message may carry nothing but its header. */
  readonly parts: Readonly<Partial<Record<Part, number>>>;
  /** LoRA modules of the client, where they travel. */
  readonly loraModules?: number;
  readonly parameters: number;
}

/** What one client's messages of a stage come to: at most, where clients differ in LoRA modules. */
export interface StagePayload {
  readonly stage: Stage;
  /** The messages that open the stage; null in alignment, which has none. */
  readonly opening: Cost | null;
  /** The updates of a round and the global models that answer them: of stage 2 two of each. */
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
  /** An update of stage 1 against one that shares adapters and LoRA at every site (section V-B). */
  readonly saving: {
    readonly sharedParameters: number;
    readonly allParameters: number;
    readonly share: number;
  };
}

interface MessageKind extends Pick<MessagePayload, 'kind' | 'step' | 'direction' | 'stage'> {
  readonly carries: keyof typeof cargoes;
}

/** What travels, as src/actors/server.ts and src/actors/client.ts send it. */
const cargoes = {
  /** Step 1.1 sends the adapters whenever they are trained, also where nobody shares them later. */
  start: ({ trains }: Method, { model }: Scenario): readonly Part[] => [
    ...(model.preinstalled ? [] : (['base'] as const)),
    ...trains.filter((part) => part === 'adapters'),
  ],
  tuned: ({ shares }: Method): readonly Part[] => shares,
  helpful: (): readonly Part[] => ['helpful'],
  harmless: (): readonly Part[] => ['harmless'],
};

const kinds: readonly MessageKind[] = [
  { kind: 'model', step: '1.1', direction: 'downlink', stage: 'instruction', carries: 'start' },
  { kind: 'update', step: '1.3', direction: 'uplink', stage: 'instruction', carries: 'tuned' },
  { kind: 'global', step: '1.4', direction: 'downlink', stage: 'instruction', carries: 'tuned' },
  { kind: 'helpful-model', step: '2.1', direction: 'downlink', stage: 'reward', carries: 'helpful' },
  { kind: 'harmless-model', step: '2.1', direction: 'downlink', stage: 'reward', carries: 'harmless' },
  { kind: 'helpful-update', step: '2.3', direction: 'uplink', stage: 'reward', carries: 'helpful' },
  { kind: 'harmless-update', step: '2.3', direction: 'uplink', stage: 'reward', carries: 'harmless' },
  { kind: 'helpful-global', step: '2.4', direction: 'downlink', stage: 'reward', carries: 'helpful' },
  { kind: 'harmless-global', step: '2.4', direction: 'downlink', stage: 'reward', carries: 'harmless' },
  { kind: 'alignment-update', step: '3.3', direction: 'uplink', stage: 'alignment', carries: 'tuned' },
  { kind: 'alignment-global', step: '3.4', direction: 'downlink', stage: 'alignment', carries: 'tuned' },
];

/**
 * What a round of a method costs on the air, before any run: the parameters and bits of every kind of
 * message, seconds (bits over the mean rate of the link) and joules (the sender's mean power times seconds,
 * section V-B). Message headers count; packets, losses, retransmissions and feedback do not.
 */
export function payloadOf(scenario: Scenario, method: Method, shapes: Shapes): Payload {
  const sizes = partSizes(scenario, shapes);
  const loraModules = loraModuleEnds(scenario, shapes.model, method);
  const { channel, clients } = scenario;
  const link = {
    uplink: meanLink(channel, 'uplink', clients.count),
    downlink: meanLink(channel, 'downlink', clients.count),
  };
  const messages = kinds.flatMap(({ carries, ...kind }) => {
    const parts = cargoes[carries](method, scenario);
    const ends = parts.includes('lora') ? loraModules : [undefined];
    return ends.map((modules) => ({
      ...kind,
      ...(modules !== undefined && { loraModules: modules }),
      ...filled(parts, modules ?? 0, sizes, channel, link[kind.direction]),
    }));
  });
  return {
    parts: heldParts(scenario, method, sizes, loraModules),
    link,
    messages,
    stages: (['instruction', 'reward', 'alignment'] as const).map((stage) =>
      stagePayload(stage, scenario[stage].maxRounds, messages, Math.max(...loraModules)),
    ),
    saving: savingOf(messages, sizes, loraModuleEnds(scenario, shapes.model, { loraModules: 'all' })),
  };
}

function filled(
  names: readonly Part[],
  modules: number,
  sizes: PartSizes,
  channel: Channel,
  link: MeanLink,
): Pick<MessagePayload, 'parts' | 'parameters' | keyof Cost> {
  const sizeOfPart: Readonly<Record<Part, number>> = {
    base: sizes.base,
    adapters: sizes.adapters,
    lora: sizes.lora(modules),
    helpful: sizes.reward,
    harmless: sizes.reward,
  };
  const counts = names.map((name) => ({ parameters: sizeOfPart[name] }));
  const bits = messageBits(counts, channel);
  const { meanRateBps, meanPowerWatts } = link;
  const seconds = meanRateBps === null ? null : bits / meanRateBps;
  return {
    parts: Object.fromEntries(names.map((name) => [name, sizeOfPart[name]])),
    parameters: counts.reduce((sum, { parameters }) => sum + parameters, 0),
    bits,
    seconds,
    joules: seconds === null || meanPowerWatts === null ? null : meanPowerWatts * seconds,
  };
}

const opensAStage: readonly string[] = ['model', 'helpful-model', 'harmless-model'];

function stagePayload(
  stage: Stage,
  maxRounds: number,
  messages: readonly MessagePayload[],
  mostModules: number,
): StagePayload {
  const own = messages.filter(
    (message) => message.stage === stage && (message.loraModules ?? mostModules) === mostModules,
  );
  const openings = own.filter(({ kind }) => opensAStage.includes(kind));
  const round = total(own.filter(({ kind }) => !opensAStage.includes(kind)));
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
  messages: readonly MessagePayload[],
  { adapters, lora }: PartSizes,
  everySite: readonly number[],
): Payload['saving'] {
  const updates = messages.filter(({ kind }) => kind === 'update');
  const sharedParameters = Math.max(...updates.map(({ parameters }) => parameters));
  const allParameters = adapters + lora(Math.max(...everySite));
  return { sharedParameters, allParameters, share: 1 - sharedParameters / allParameters };
}
