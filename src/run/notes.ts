import { join } from 'node:path';
import { hasRewardModels, type Stage } from '../../machines/protocol.js';
import { lacking } from '../actors/parts.js';
import { purposes, sumOfCounts, type Purpose } from '../learning/clients/population.js';
import type { Fingerprint } from '../learning/model/backend.js';
import type { Objective } from '../learning/objective.js';
import { interpolated } from '../strategies/methods/interpolation.js';
import type { Method } from '../strategies/methods/method.js';
import type { LoadReport } from '../learning/data/types.js';
import type { Overlap } from '../learning/data/overlap.js';
import type { ReadRows } from '../records/manifest.js';
import { blockNotes } from '../radio/channel/gain-paths/notes.js';
import { codewordNotes } from '../radio/channel/rate-policies/notes.js';
import { whole } from '../records/report/format.js';
import { isOverTheAir } from '../radio/channel/directions/sharing.js';
import { cellNotes } from '../radio/channel/large-scale/notes.js';
import type { Scenario } from '../scenario/schema.js';
import type { Inputs } from './inputs.js';

/** The stage that rows of a purpose are first needed in. */
const stageOf: Readonly<Record<Purpose, Stage>> = {
  instructions: 'instruction',
  helpful: 'reward',
  harmless: 'reward',
  prompts: 'alignment',
};

/** Of a run whose tasks any worker may have. */
export function fleetNotes(backend: Fingerprint['name']): readonly string[] {
  if (backend !== 'mixed') return [];
  return [
    'Workers of unequal backends may have computed its tasks (limits.fleet is "mixed"): the same run again may differ in ' +
      'last digits, and in what follows from them.',
  ];
}

/** What became of all clients' rows as they were made tokens, by what the run has them for. */
export function readRows(
  { alignment, stages }: Pick<Scenario, 'alignment' | 'stages'>,
  { clients, data, encoding }: Inputs,
): readonly ReadRows[] {
  const [instructions, helpful, harmless] = data.reports.map(({ file }) => file);
  const files = { instructions, helpful, harmless, prompts: undefined };
  const { maxTokens, reward } = encoding;
  const rewardTokens = reward?.maxTokens ?? maxTokens;
  const room: Readonly<Record<Purpose, number>> = {
    instructions: maxTokens,
    helpful: rewardTokens,
    harmless: rewardTokens,
    prompts: maxTokens - alignment.maxNewTokens,
  };
  const used = purposes.filter((purpose) => stages.includes(stageOf[purpose]));
  return used.map((purpose) => ({
    purpose,
    file: files[purpose] ?? null,
    ...sumOfCounts(clients.map(({ reading }) => reading[purpose])),
    maxTokens: room[purpose],
  }));
}

/** How much of what the stages of the run hold out is in training after all; zeros included. */
export function usedOverlaps({ stages }: Pick<Scenario, 'stages'>, { overlaps }: Inputs): readonly Overlap[] {
  return overlaps.filter(({ purpose }) => stages.includes(stageOf[purpose]));
}

/** The objectives that the method has no reward model of, in a run that has reward models. */
export function judgesOf(
  { stages }: Pick<Scenario, 'stages'>,
  { method: { rewards } }: Pick<Inputs, 'method'>,
): readonly Objective[] {
  return hasRewardModels(stages) ? lacking(rewards) : [];
}

/**
 * What a user should know about the inputs of a run, one sentence per note; empty where nothing is unusual.
 */
export function inputNotes(
  scenario: Pick<Scenario, 'alignment' | 'stages' | 'learning' | 'seed' | 'channel' | 'clients' | 'measure'>,
  inputs: Inputs,
): readonly string[] {
  return [
    ...(scenario.learning === 'stub' ? [stubNote] : []),
    ...(isOverTheAir(scenario.channel.uplink.sharing) ? [airNote] : []),
    ...blockNotes(scenario),
    ...codewordNotes(scenario.channel),
    ...cellNotes(scenario),
    ...judgesOf(scenario, inputs).map((objective) => judgeNote(inputs.method, objective)),
    ...(inputs.earlier?.notes ?? []),
    ...(inputs.begunLora?.notes ?? []),
    ...tokenizerNotes(inputs),
    ...inputs.data.reports.flatMap(fileNotes),
    ...readRows(scenario, inputs).flatMap(readingNotes),
    ...overlapNotes(usedOverlaps(scenario, inputs)),
    ...overfittingNotes(scenario, inputs),
  ];
}

/** What a user should know about faults of the script that had nothing to do with the run, by their pointers. */
export function faultNotes(unmatched: readonly string[]): readonly string[] {
  return unmatched.map(
    (pointer) => `${pointer}: the fault matched no message of this run; are its round and its window right?`,
  );
}

const airNote =
  'updates add up over the air: each aggregate is a mean in noise, of those who sent; rows "air" of metrics.jsonl say how far off';
const stubNote = 'learning is stub: no figure of this run is of a trained model';

const judgeNote = ({ title }: Method, objective: Objective) =>
  `${title} has no reward model of ${objective}ness: figures named ${objective} are of measurement's own judge, ` +
  'which no message carries and nobody pays for';

function tokenizerNotes({ language, rewards }: Inputs): string[] {
  const { folder, statedEndOfText, tokenizer, tokenizerSource } = language;
  const borrowing = new Set([
    tokenizerSource === 'r50k_base' ? folder : null,
    rewards?.borrowsTokenizer ?? null,
  ]);
  const notes = [...borrowing]
    .filter((each) => each !== null)
    .map(
      (each) => `${each}: has no tokenizer.json and no vocab.json; GPT-2's own tokenizer (r50k_base) is used`,
    );
  if (folder === null || statedEndOfText === tokenizer.endOfText) return notes;
  return [
    ...notes,
    `${join(folder, 'config.json')}: /eos_token_id is ${statedEndOfText}, the tokenizer's <|endoftext|> is ` +
      `${tokenizer.endOfText}; texts end with the tokenizer's`,
  ];
}

function fileNotes({ file, rows, used, leftOut, emptyInputs }: LoadReport): string[] {
  const reasons = Object.entries(leftOut).map(([reason, times]) => `${reason} (${whole(times)})`);
  return [
    ...(reasons.length === 0
      ? []
      : [`${file}: ${whole(used)} of ${whole(rows)} rows are used; left out: ${reasons.join(', ')}`]),
    ...(emptyInputs === 0
      ? []
      : [`${file}: ${whole(emptyInputs)} inputs say that there is none, and are empty`]),
  ];
}

const rowsOf: Readonly<Record<Purpose, string>> = {
  instructions: 'instructions',
  helpful: 'helpful pairs',
  harmless: 'harmless pairs',
  prompts: 'prompts of Step 3',
};

function readingNotes({ purpose, file, rows, truncated, alike, maxTokens }: ReadRows): string[] {
  const source = file === null ? '' : `${file}: `;
  const of = `of ${whole(rows)} ${rowsOf[purpose]}`;
  return [
    ...(truncated === 0
      ? []
      : [`${source}${whole(truncated)} ${of} lose tokens to a context of ${maxTokens}`]),
    ...(alike === 0
      ? []
      : [
          `${source}${whole(alike)} ${of} are the same tokens twice within a context of ${maxTokens}; left out`,
        ]),
  ];
}

/** What of overfitting the scenario asks for and the inputs do not allow. */
function overfittingNotes(
  { measure }: Pick<Scenario, 'measure'>,
  { common, language, method, pretrainingText }: Inputs,
): string[] {
  return [
    ...(measure.others !== null && common === null
      ? ['measure.others: rows of files are all somebody’s; no accuracy on nobody’s rows is measured']
      : []),
    ...(measure.shares.length > 0 && interpolated(method, 1) === null
      ? [`measure.shares: ${method.title} keeps no slot to a client; not measured`]
      : []),
    ...(measure.forgetting !== null && pretrainingText === null
      ? [
          `measure.forgetting: what ${language.folder} was pretrained on is not known; not measured (its text: /measure/forgetting/file)`,
        ]
      : []),
  ];
}

/**
 * One line where held-out rows are asked in training. That somebody trains on what a client is asked of others'
 * facts is their point, and no note.
 */
function overlapNotes(overlaps: readonly Overlap[]): string[] {
  const counted = (of: (overlap: Overlap) => number) =>
    overlaps.flatMap((overlap) => {
      const { purpose, use, against, rows } = overlap;
      if (of(overlap) === 0) return [];
      const elsewhere = against === purpose ? '' : ` (asked in ${rowsOf[against]})`;
      return `${whole(of(overlap))} of ${whole(rows)} ${use} ${rowsOf[purpose]}${elsewhere}`;
    });
  const own = counted(({ ownPrompts }) => ownPrompts);
  const others = counted(({ use, anyPrompts, ownPrompts }) =>
    use === 'shared' ? 0 : anyPrompts - ownPrompts,
  );
  const where = [
    ...(own.length === 0 ? [] : [`of the same client: ${own.join(', ')}`]),
    ...(others.length === 0 ? [] : [`of other clients alone: ${others.join(', ')}`]),
  ];
  return where.length === 0 ? [] : [`held-out rows have the prompts of training rows ${where.join('; ')}`];
}
