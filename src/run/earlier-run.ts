import { isDeepStrictEqual } from 'node:util';
import { join, resolve } from 'node:path';
import { tensorsOfPart } from '../actors/slots.js';
import type { Continued, ContinuedClient } from '../actors/start.js';
import { UserError } from '../errors.js';
import type { Client } from '../learning/clients/population.js';
import { clientIds } from '../learning/data/client-ids.js';

import { adapterTensors } from '../learning/model/adapters.js';
import type { PartSpecs } from '../learning/model/checkpoint.js';
import { loraSites, loraTensors } from '../learning/model/lora.js';
import { pretrainedRewardTensors } from '../learning/model/pretrained-reward.js';
import { featureWidth, rewardTensors } from '../learning/model/reward-model.js';
import { rankOf } from '../learning/model/lora-rank.js';
import { hasRole, rolesOf, tensorsWith } from '../learning/model/roles.js';
import type { TunedSets } from '../learning/model/slots.js';
import { groupedBy } from '../grouped.js';
import { objectives } from '../learning/objective.js';
import { parametersIn, refOf, type ParamSet, type TensorSpec } from '../learning/params/param-set.js';
import { hasRewardModels, type Stage } from '../../machines/protocol.js';
import { recordFiles } from '../records/folder.js';
import type { Manifest } from '../records/manifest.js';
import type { ParamsChoice } from '../records/params-choice.js';
import { SavedParams } from '../records/param-packs.js';
import { holdingsFile, tunedFile, type Holdings } from '../records/params.js';
import { readDocument, readManifest } from '../records/read.js';
import type { Summary } from '../records/summary.js';
import type { Scenario } from '../scenario/schema.js';
import { problemLine } from '../settings/problem.js';
import { must, type Finding } from '../settings/rule.js';
import type { Method } from '../strategies/methods/method.js';
import {
  isChange,
  nextChange,
  partsOf,
  serverParts,
  sharedParts,
  slotIn,
  type Part,
} from '../strategies/methods/parts.js';
import type { OpenLanguageModel, OpenRewardModel } from './open-reward-model.js';
import type { Strategies } from '../strategies/strategies.js';
import type { RunOptions } from './options.js';

/** An earlier run as the one that goes on from it finds it. */
export interface EarlierRun extends Continued {
  readonly folder: string;
  readonly traceHash: string;
  /** What somebody should know who reads figures of the run that goes on from it. */
  readonly notes: readonly string[];
}

/** What of the inputs of the run it has to fit. */
interface Known {
  readonly language: OpenLanguageModel;
  readonly rewards: OpenRewardModel | null;
  readonly tables: Strategies;
  readonly method: Method;
  readonly clients: readonly Client[];
}

/**
 * Loads what the run of `scenario.from` has left; null where there is none to go on from.
 *
 * @throws UserError with one line for each setting that does not fit that run's, or naming the file that is
 *   missing, damaged, of another shape, or not of finite numbers.
 */
export async function openEarlierRun(
  { scenario, folder }: Pick<RunOptions, 'scenario' | 'folder'>,
  known: Known,
): Promise<EarlierRun | null> {
  if (scenario.from === null) return null;
  const at = resolve(folder, scenario.from);
  const manifest = await readManifest(join(at, recordFiles.manifest));
  if (manifest.params !== undefined && manifest.params !== 'all') throw keptTooLittle(at, manifest.params);
  const problems = misfits(scenario, manifest, known).filter((finding) => finding !== false);
  if (problems.length > 0) {
    throw new UserError(
      problems.map((problem) => problemLine(`scenario ${scenario.name}`, problem)).join('\n'),
    );
  }
  const { traceHash, ended } = await readDocument<Summary>(join(at, recordFiles.summary));
  const saved = await SavedParams.open(join(at, recordFiles.params));
  try {
    return {
      folder: at,
      traceHash,
      notes: notesOf(scenario, manifest, ended),
      global: await readGlobal(saved, scenario, known),
      clients: await readClients(saved, scenario, known),
    };
  } finally {
    await saved.close();
  }
}

function keptTooLittle(folder: string, params: ParamsChoice): UserError {
  return new UserError(
    `${folder}: was run with --params ${params}, expected all, for a run goes on from what its clients have too; run ` +
      'that one again with --params all',
  );
}

/** What of a scenario does not fit the run that it goes on from. */
function misfits(
  scenario: Scenario,
  { scenario: was, modelHash, rewardModelHash }: Manifest,
  { language, rewards, tables, method }: Known,
): Finding[] {
  const like = (
    pointer: string,
    value: unknown,
    earlier: unknown,
    holds = isDeepStrictEqual(value, earlier),
  ) => must(holds, pointer, value, `${JSON.stringify(earlier)}, as the run of /from has it`);
  const { model, reward, clients } = scenario;
  const before = tables.methods[was.method];
  return [
    like('/clients/count', clients.count, was.clients.count),
    like('/method', method.name, was.method, before !== undefined && haveSameParts(method, before)),
    must(
      refOf(language.base).hash === modelHash,
      '/model/path',
      model.path,
      `the base model of the run of /from, whose parameters have the SHA-256 ${modelHash}`,
    ),
    like('/model/adapters', model.adapters, was.model.adapters),
    like('/model/lora', model.lora, { ...sameForAll, ...was.model.lora }),
    ...(hasRewardModels(scenario.stages) && hasRewardModels(was.stages)
      ? [
          lacksNone(method, before),
          like('/reward/model/kind', reward.model.kind, was.reward.model.kind),
          like('/reward/model/train', reward.model.train, was.reward.model.train),
          like('/reward/hidden', reward.hidden, was.reward.hidden),
          must(
            (rewards && refOf(rewards.start.loaded.base).hash) === rewardModelHash,
            '/reward/model/path',
            reward.model.path,
            `the network of the run of /from, whose parameters have the SHA-256 ${rewardModelHash}`,
          ),
        ]
      : []),
  ];
}

/** What runs before there were these settings had. */
const sameForAll: Pick<Scenario['model']['lora'], 'minRank' | 'sharedModules'> = {
  minRank: null,
  sharedModules: 'all',
};

function haveSameParts(one: Method, other: Method): boolean {
  const known = ({ name, slot: { kind, change }, roles, train, share }: Part) => ({
    name,
    kind,
    change: change ?? 'none',
    roles,
    train,
    share,
  });
  return isDeepStrictEqual(partsOf(one).map(known), partsOf(other).map(known));
}

/** The judge of a method that lacks a reward model nobody has sent: it is no model of another method's. */
function lacksNone(method: Method, before: Method | undefined): Finding {
  const lacked = method.rewards.filter((objective) => before && !before.rewards.includes(objective));
  return must(
    lacked.length === 0,
    '/method',
    method.name,
    `a method without a reward model of ${lacked.join()}ness, which ${before?.name}, the method of the run of ` +
      '/from, has none of',
  );
}

function notesOf(scenario: Scenario, { scenario: was }: Manifest, ended: Summary['ended']): string[] {
  return [
    ...(was.learning === 'stub'
      ? ['from: learning was stub in that run: nobody trained its parameters']
      : []),
    ...(ended.reason === 'finished' ? [] : [`from: that run did not finish (${ended.reason})`]),
    ...(was.seed === scenario.seed && isDeepStrictEqual(was.data, scenario.data)
      ? []
      : ['from: that run had another seed or other data; its clients have been dealt other rows than these']),
  ];
}

async function readGlobal(
  saved: SavedParams,
  scenario: Scenario,
  known: Known,
): Promise<Continued['global']> {
  const needs = (stage: Stage) => scenario.stages.includes('alignment') && !scenario.stages.includes(stage);
  const tuned = await readTuned(saved, 'global', scenario, known);
  const { method } = known;
  const isKept = (part: string) => slotIn(method, part)?.change !== 'whole';
  const made = [...serverParts(method), ...sharedParts(method)].filter(isKept);
  if (needs('instruction') && made.some((part) => !tuned[part])) {
    throw missing(saved.fileOf('global'), 'the parameters that instruction tuning leaves');
  }
  const rewards: Partial<Record<(typeof objectives)[number], ParamSet>> = {};
  for (const objective of hasRewardModels(scenario.stages) ? objectives : []) {
    const name = `reward-${objective}`;
    const specs: PartSpecs = { kind: 'reward', tensors: rewardSpecs(scenario, known) };
    const found = await saved.read(name, () => ({ [objective]: specs }));
    if (found === null && needs('reward'))
      throw missing(saved.fileOf(name), 'the reward models that reward learning leaves');
    Object.assign(rewards, found);
  }
  return { ...tuned, ...rewards, ...(await readChanges(saved, known)) };
}

/** The changes of the base that the earlier run has made, in their order. */
async function readChanges(saved: SavedParams, { method }: Known): Promise<Continued['global']> {
  const changes: Record<string, ParamSet> = {};
  const slot = method.slots.find(({ change }) => change !== undefined);
  if (!slot) return changes;
  for (;;) {
    const part = nextChange(changes, slot.name);
    const found = await saved.read(`global.${part}`, (tensors) => ({ [part]: { kind: 'change', tensors } }));
    if (found === null) return changes;
    Object.assign(changes, found);
  }
}

async function readClients(
  saved: SavedParams,
  scenario: Scenario,
  known: Known,
): Promise<Continued['clients']> {
  const file = join(saved.folder, holdingsFile);
  const holdings = await readDocument<Holdings>(file);
  const ids = clientIds(scenario.clients.count);
  const names: readonly unknown[] = ['base', ...partsOf(known.method).map(({ name }) => name), ...objectives];
  for (const id of ids) {
    const parts: unknown = holdings?.[id];
    if (Array.isArray(parts) && parts.every((part: string) => names.includes(part) || isChange(part)))
      continue;
    throw new UserError(
      `${file}: /${id}: is ${JSON.stringify(parts) ?? 'missing'}, expected a list of ${names.join(', ')}`,
    );
  }
  const clients = new Map<string, ContinuedClient>();
  for (const id of ids) {
    const tuned = await readTuned(saved, id, scenario, known);
    refuseOtherSize(saved.fileOf(id), id, tuned, scenario, known);
    clients.set(id, { tuned, holds: holdings[id]! });
  }
  const isTuned = [...clients.values()].some(({ tuned }) => Object.keys(tuned).length > 0);
  if (scenario.stages.includes('instruction') || !scenario.stages.includes('alignment') || isTuned)
    return clients;
  throw missing(join(saved.folder, '<client>.safetensors'), 'the parameters that instruction tuning leaves');
}

/**
 * What starts at the server comes to a client as Step 1.2 of this run has it; a part that the client has kept from
 * that run has to be of this size too.
 */
function refuseOtherSize(
  file: string,
  id: string,
  tuned: TunedSets,
  scenario: Scenario,
  { method, language: { config }, clients }: Known,
): void {
  const shape = { config, adapters: scenario.model.adapters, lora: scenario.model.lora };
  const world = { scenario, method, shape, clients: new Map(clients.map((client) => [client.id, client])) };
  for (const part of partsOf(method).filter(({ slot }) => slot.init === 'server')) {
    const expected = tensorsOfPart(world, part, id);
    const found = tuned[part.name]?.tensors;
    if (!found || parametersIn(found) === parametersIn(expected)) continue;
    throw new UserError(
      `${file}: has ${parametersIn(found)} parameters of ${part.name}, expected ${parametersIn(expected)}, as ` +
        'Step 1.2 gives this client; go on with the devices and the data of that run',
    );
  }
}

/** What somebody has of what the method tunes, by part; nothing of a file that is not there. */
async function readTuned(
  saved: SavedParams,
  owner: string,
  scenario: Scenario,
  known: Known,
): Promise<TunedSets> {
  const files = groupedBy(partsOf(known.method), ({ slot }) => tunedFile(owner, slot));
  const sets: Record<string, ParamSet> = {};
  for (const [name, parts] of files) {
    Object.assign(sets, await saved.read(name, (tensors) => specsOf(parts, tensors, scenario, known)));
  }
  return sets;
}

function specsOf(
  parts: readonly Part[],
  tensors: readonly TensorSpec[],
  { model }: Scenario,
  { language: { config } }: Known,
): Readonly<Record<string, PartSpecs>> {
  const shape = { config, adapters: model.adapters, lora: model.lora };
  const places = loraSites(config, model.lora.targets).length;
  const lora = tensors.filter(({ name }) => hasRole(name, rolesOf.lora));
  const modules = new Set(lora.map(({ name }) => name.slice(0, -1)));
  const slotTensors = {
    adapters: adapterTensors(shape),
    lora: loraTensors(shape, Math.min(modules.size, places), rankIn(lora, model)),
  };
  return Object.fromEntries(
    parts.map(({ name, slot: { kind }, roles }) => [
      name,
      { kind, tensors: tensorsWith(slotTensors[kind], roles) },
    ]),
  );
}

/** The rank that a file's modules are to have: its first one's, where that is one that Step 1.2 can give, else r. */
function rankIn([first]: readonly TensorSpec[], { lora: { r, minRank } }: Scenario['model']): number {
  const found = first?.shape.length === 2 ? rankOf(first) : r;
  return found >= (minRank ?? r) && found <= r ? found : r;
}

function rewardSpecs({ reward }: Scenario, { language, rewards }: Known): readonly TensorSpec[] {
  return rewards
    ? pretrainedRewardTensors(rewards.start.loaded, reward.model.train)
    : rewardTensors(featureWidth(language.config), reward.hidden);
}

function missing(file: string, expected: string): UserError {
  return new UserError(
    `${file}: is missing, expected ${expected}; go on from a run that has been through that stage`,
  );
}
