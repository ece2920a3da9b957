import { methods } from '../strategies/methods/index.js';
import { nameOf, named } from '../strategies/strategy.js';
import type { ModelConfig } from '../learning/model/config.js';
import type { Sharing } from '../radio/payload/by-sharing.js';
import type { Method } from '../strategies/methods/method.js';
import type { Direction } from '../radio/channel/directions/settings.js';
import type { MeanLink } from '../radio/payload/mean-link.js';
import type { HeldPart, PretrainedConfig } from '../radio/payload/parts.js';
import type { Cost, MessagePayload, Payload } from '../radio/payload/payload.js';
import { presets, type PresetName } from '../radio/payload/presets.js';
import { number, percent, whole } from '../records/report/format.js';
import type { Scenario } from '../scenario/schema.js';
import type { Paint } from './terminal.js';
import { unbroken, wrapped } from './line-width.js';
import { textTable, type TableContent, type TableLook } from './text-table.js';

/** What `pwff payload` tells; with `--json` it is printed as it is. */
export interface PayloadReport extends Payload {
  /** The scenario's name and its file. */
  readonly scenario: string;
  readonly file: string;
  readonly method: string;
  readonly preset: PresetName | null;
  readonly model: ModelConfig & { readonly name: string };
  readonly rewardModel:
    | (PretrainedConfig & { readonly name: string; readonly train: 'full' | 'head' })
    | { readonly name: 'features'; readonly hidden: number };
  readonly adapters: Scenario['model']['adapters'];
  readonly lora: Pick<Scenario['model']['lora'], 'r' | 'targets'>;
  readonly headerBits: number;
  readonly compression: Scenario['channel']['compression'];
  /** What the parts of the model go by, in either direction. */
  readonly codecs: readonly string[];
  readonly clients: number;
  /** The reward models that the method has: stage 2 sends these, alignment listens to them. */
  readonly rewards: Method['rewards'];
}

/** The report as tables; they fit into 100 columns, and where there are fewer they go row by row. */
export function payloadText(report: PayloadReport, paint: Paint, columns: number): string {
  const { scenario, method, preset } = report;
  return [
    `${paint('bold', named(methods, method).title)}, scenario ${scenario}`,
    ...(preset === null ? [] : [`${paint('bold', preset)}: ${presets[preset].states}`]),
    '',
    textTable(partsTable(report, paint), look, columns),
    '',
    textTable(messagesTable(report, paint), look, columns),
    '',
    textTable(stagesTable(report, paint), look, columns),
    '',
    ...sharingLines(report, paint, columns),
    ...footnotes(report)
      .flatMap((note) => wrapped(note, Math.min(columns, 95)))
      .map((text) => paint('dim', text)),
  ].join('\n');
}

const look: TableLook = { frame: '', gap: 2, padding: 0 };

function partsTable({ parts, ...report }: PayloadReport, paint: Paint): TableContent {
  const rows = parts.map((held) => {
    const of = describe[held.kind](report, held);
    return [paint('bold', held.part === 'lora' ? 'LoRA' : held.part), of, held.use, whole(held.parameters)];
  });
  return { head: ['A client has', '', 'use', 'parameters'], alignment: 'lllr', rows };
}

type Described = Omit<PayloadReport, 'parts'>;

const describe: Readonly<Record<HeldPart['kind'], (report: Described, held: HeldPart) => string>> = {
  base: ({ model }) => `${model.name}: ${model.n_layer} blocks, width ${model.n_embd}`,
  adapters: ({ model, adapters: { sites, bottleneck } }) =>
    `${model.n_layer * sites.length} of width ${bottleneck} (${sites.join(', ')})`,
  lora: ({ lora: { targets } }, { loraModules, loraRank }) =>
    `${loraModules} modules of rank ${loraRank} (${targets.join(', ')})`,
  reward: describeReward,
};

function describeReward({ rewardModel }: Described): string {
  if (!('train' in rewardModel)) return `network of width ${rewardModel.hidden} on the base’s features`;
  return rewardModel.train === 'head' ? `head of ${rewardModel.name}` : rewardModel.name;
}

function messagesTable({ messages, stages }: PayloadReport, paint: Paint): TableContent {
  const head = ['Step', 'message', 'link', 'carries', 'parameters', 'Mbit', 'seconds', 'joules'];
  const rows = messages.map((message) => {
    const { step, kind, direction, parameters } = message;
    const [link, cargo] = [
      arrows[direction],
      [cargoText(message), ...roundsText(message, stages)].join('\n'),
    ];
    return [step, paint('bold', kind), link, cargo, whole(parameters), ...costCells(message)];
  });
  return { head, alignment: 'llllrrrr', rows };
}

const arrows: Readonly<Record<Direction, string>> = { uplink: 'up', downlink: 'down' };

const cargoNames: Readonly<Record<string, string>> = {
  helpful: '1 reward model',
  harmless: '1 reward model',
};

/** Columns of what a message carries: the parts of an update fit in, base and all go on in a second line. */
const cargoColumns = 20;

function cargoText({ parts, loraModules }: MessagePayload): string {
  const names = Object.keys(parts);
  if (names.length === 0) return 'header alone';
  const cargo = names
    .map((name) => unbroken(name === 'lora' ? `${loraModules} LoRA` : (cargoNames[name] ?? name)))
    .join(', ');
  return wrapped(cargo, cargoColumns).join('\n');
}

/** In how many rounds a message is so, where rounds differ. */
function roundsText({ stage, rounds }: MessagePayload, stages: PayloadReport['stages']): readonly string[] {
  const { maxRounds } = stages.find((each) => each.stage === stage)!;
  return rounds === null || rounds.length === maxRounds ? [] : [`${rounds.length} of ${maxRounds} rounds`];
}

function stagesTable({ stages }: PayloadReport, paint: Paint): TableContent {
  const rows = stages.flatMap(({ stage, maxRounds, round, allRounds }) => [
    [paint('bold', stage), 'a round, up and down', ...costCells(round)],
    ['', `all, ${maxRounds} rounds at most`, ...costCells(allRounds)],
  ]);
  return { head: ['A client’s stage', '', 'Mbit', 'seconds', 'joules'], alignment: 'llrrr', rows };
}

/** Section V-A's bandwidth in either reading. */
function sharingLines(report: PayloadReport, paint: Paint, columns: number): readonly string[] {
  const { updateBySharing, clients, link } = report;
  const { bandwidthHz } = link.uplink;
  if (updateBySharing.length === 0 || clients === 1 || bandwidthHz === null) return [];
  const band = `${number(bandwidthHz / 1e6)} MHz`;
  const rows = updateBySharing.map(({ sharing, seconds, joules }) => [
    sharingWords[sharing],
    paint('bold', sharing),
    thousandths(seconds),
    thousandths(joules),
  ]);
  const head = [`${band} on the uplink, ${clients} clients`, 'sharing', 'seconds', 'joules'];
  const sentence =
    `The time and the energy of an update where each client has ${band}, and where all share it; section V-A ` +
    'does not say which.';
  return [
    textTable({ head, alignment: 'llrr', rows }, look, columns),
    ...wrapped(sentence, Math.min(columns, 95)).map((text) => paint('dim', text)),
    '',
  ];
}

const sharingWords: Readonly<Record<Sharing, string>> = {
  orthogonal: 'each client has its own',
  'split-power-kept': 'shared: a part, all of the power',
  'split-density-kept': 'shared: a part, and of the power',
  tdma: 'shared: all of it, in turns',
  'proportional-fair': 'shared: all of it, at the best gains',
};

function costCells({ bits, seconds, joules }: Cost): readonly string[] {
  return [thousandths(bits / 1e6), thousandths(seconds), thousandths(joules)];
}

function footnotes(report: PayloadReport): readonly string[] {
  const { link, headerBits } = report;
  const [uplink, downlink] = [link.uplink, link.downlink].map((each) => linkNotes('', each).join());
  return [
    ...(uplink === downlink
      ? linkNotes('Uplink and downlink', link.uplink)
      : [...linkNotes('Uplink', link.uplink), ...linkNotes('Downlink', link.downlink)]),
    'Seconds: bits over the mean rate. Joules: seconds by the sender’s mean power. All: with the ' +
      'messages that open the stage.',
    `Bits: parameters (compression ${report.codecs.join(', ')}), and a header of ${headerBits} per message. ` +
      'Left out: packets, losses, outage, retransmissions (ARQ, HARQ), feedback, queues; pwff link has the ' +
      'rest.',
    ...unequalNote(report),
    ...savingNote(report),
  ];
}

/** Where clients differ in LoRA that travels. */
function unequalNote({ parts }: PayloadReport): readonly string[] {
  const sent = parts.filter(({ kind, use }) => kind === 'lora' && (use === 'shared' || use === 'downloaded'));
  const isUnequal = new Set(sent.map(({ part }) => part)).size < sent.length;
  return isUnequal ? ['LoRA in messages: that of the client with the most of it.'] : [];
}

/** Section V-B's comparison, where something is shared and less than all that could be. */
function savingNote({
  saving: { sharedParameters, allParameters, share },
}: PayloadReport): readonly string[] {
  if (sharedParameters === 0 || share <= 0) return [];
  return [
    `An update of ${whole(sharedParameters)} parameters saves ${percent(share)} of the ` +
      `${whole(allParameters)} that all adapters and a LoRA module at every site have ` +
      '(the comparison of section V-B).',
  ];
}

type Budget = Pick<MeanLink, 'meanSnrDb' | 'bandwidthHz' | 'powerWatts'>;

function linkNotes(side: string, { fading, rate, sharing, why, ...link }: MeanLink): readonly string[] {
  const mean =
    link.meanRateBps === null
      ? `no mean rate, for ${why}`
      : `mean rate ${thousandths(link.meanRateBps / 1e6)} Mbit/s`;
  const laws = `${nameOf(fading)} fading, rate ${rate}, ${nameOf(sharing)}`;
  return [`${side}: ${mean}`, `  (${budgetText(link)}${laws})`];
}

/** Nothing where clients differ. */
function budgetText({ meanSnrDb, bandwidthHz, powerWatts }: Budget): string {
  if (meanSnrDb === null || bandwidthHz === null || powerWatts === null) return '';
  return `${number(meanSnrDb)} dB, ${number(bandwidthHz / 1e6)} MHz, ${number(powerWatts)} W, `;
}

function thousandths(value: number | null): string {
  if (value === null) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}
