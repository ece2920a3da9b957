import { hasRewardModels } from '../../../machines/protocol.js';
import { resolve } from 'node:path';
import { perObjective, type Objective } from '../objective.js';
import { UserError } from '../../errors.js';
import { groupedBy } from '../../grouped.js';
import { stream } from '../../simulation/random/stream.js';
import { loadInstructions } from './instructions.js';
import { clientIds, newcomerIds } from './client-ids.js';
import { dealToNewcomers } from './newcomers.js';
import { dealPairs } from './deal-pairs.js';
import { promptKey } from './overlap.js';
import { partitionRows } from './partition.js';
import { loadPreferences } from './preferences.js';
import type { Dealing } from './settings.js';
import type { ClientData, Example, FederatedData, PreferencePair, Split, ThreeWaySplit } from './types.js';

/** With fewer different instructions a client could not train, validate and be tested. */
const fewestRows = 8;

type LocalRows = Pick<ClientData, 'train' | 'validation' | 'test'>;

/**
 * Real data for a scenario whose `data.files` is given, with paths relative to `folder`. Instructions: a
 * keyed sample of clients x (examplesPerClient + 2 testPerClient) rows, or all where there are fewer, dealt
 * by {@link partitionRows} over their families, rows of equal prompts together; each client keeps back its
 * test and validation rows in that proportion. Pairs: dealt evenly at random, `pairsPerClient` each or as
 * many as there are, so that no conversation that a pair is held out of occurs in anybody's training (see
 * {@link dealPairs}). Prompts of Step 3: harmless-set prompts (sensitive) and own instructions (benign) in
 * turn; those to be measured on are in nobody's training, of any of the files. UserError where files, counts or alpha do not suffice. In a run of stage 1 alone there are neither
 * pairs nor prompts, and their files are not read.
 */
export async function fileData(scenario: Dealing, folder: string, seed: number): Promise<FederatedData> {
  const { files } = scenario.data;
  if (!files) throw new TypeError('fileData: the scenario has no data.files');
  const [instructions, { dealt, reports }] = await Promise.all([
    loadInstructions(resolve(folder, files.instructions)),
    loadPairs(scenario, folder, seed),
  ]);
  const ids = clientIds(scenario.clients.count);
  const wanted = ids.length * (scenario.data.examplesPerClient + 2 * scenario.data.testPerClient);
  const shuffled = stream(seed, 'sample of instructions').shuffle(instructions.rows);
  const sample = shuffled.slice(0, wanted);
  const rows = dealRows(scenario, ids, sample, seed);
  const newcomers = dealToNewcomers(
    scenario,
    newcomerIds(scenario.clients.newcomers ?? 0),
    shuffled.slice(wanted),
    new Set(sample.map(promptKey)),
    seed,
  );
  const trained = new Set(
    [...rows, ...Object.values(dealt).flat()].flatMap(({ train }) => train.map(promptKey)),
  );
  const clients = ids.map((id, index): ClientData => {
    const pairs = perObjective((objective) => dealt[objective][index]!);
    const prompts = promptsOf(rows[index]!, pairs.harmless, trained);
    return { id, ...rows[index]!, shared: [], pairs, prompts };
  });
  return { synthetic: false, clients, newcomers, common: [], reports: [instructions.report, ...reports] };
}

/** Every client's pairs, and what became of their files. */
async function loadPairs(scenario: Dealing, folder: string, seed: number) {
  const { stages, clients, data } = scenario;
  if (!hasRewardModels(stages)) {
    const none = Array.from({ length: clients.count }, (): ThreeWaySplit<PreferencePair> => ({
      train: [],
      validation: [],
      test: [],
    }));
    return { dealt: perObjective(() => none), reports: [] };
  }
  const load = (objective: Objective) => {
    const path = data.files?.[objective];
    if (path === undefined) throw new TypeError(`fileData: the scenario has no data.files.${objective}`);
    return loadPreferences(resolve(folder, path), objective);
  };
  const [helpful, harmless] = await Promise.all([load('helpful'), load('harmless')]);
  const dealt = dealPairs(scenario, { helpful: helpful.rows, harmless: harmless.rows }, seed);
  return { dealt, reports: [helpful.report, harmless.report] };
}

function dealRows(
  { name, data }: Dealing,
  clients: readonly string[],
  sample: readonly Example[],
  seed: number,
): LocalRows[] {
  // A group goes to one client and to one use, so that nobody trains on what somebody is measured on; of a
  // group that is held out one row is used.
  const groups = [...groupedBy(sample, promptKey).values()];
  const classes = groups.map((equal) => equal[0]!.family);
  const alpha = data.dirichletAlpha;
  const parts = partitionRows({ classes, clients, alpha, minimum: fewestRows, seed });
  if (!parts) {
    throw new UserError(
      `scenario ${name}: /data/dirichletAlpha: is ${alpha}, expected larger (or more rows): no draw gave ` +
        `each of ${clients.length} clients ${fewestRows} of ${groups.length} different instructions`,
    );
  }
  const heldOut = data.testPerClient / (data.examplesPerClient + 2 * data.testPerClient);
  return parts.map((part, index) => {
    const own = stream(seed, 'own rows', clients[index]!).shuffle(part.map((group) => groups[group]!));
    const tests = heldOutOf(own.length, heldOut);
    return {
      test: own.slice(0, tests).map((equal) => equal[0]!),
      validation: own.slice(tests, 2 * tests).map((equal) => equal[0]!),
      train: own.slice(2 * tests).flat(),
    };
  });
}

/** How many of a client's instructions test it, and as many validate: at least one is left to train on. */
function heldOutOf(count: number, share: number): number {
  return Math.min(Math.max(1, Math.round(count * share)), Math.floor((count - 1) / 2));
}

/** Held-out prompts are in nobody's training, of whatever file: an instruction may be asked in a pair as well. */
function promptsOf(
  rows: LocalRows,
  harmless: Split<PreferencePair>,
  trained: ReadonlySet<string>,
): Split<Example> {
  const unseen = (prompts: readonly Example[]) => prompts.filter((prompt) => !trained.has(promptKey(prompt)));
  return {
    train: inTurn(harmless.train.map(sensitivePrompt), rows.train),
    test: inTurn(unseen(harmless.test.map(sensitivePrompt)), unseen(rows.test)),
  };
}

function sensitivePrompt({ instruction, input, chosen, topic, family }: PreferencePair): Example {
  return { instruction, input, output: chosen, topic, family };
}

/** One of each in turn, until the shorter list is at its end. */
function inTurn<T>(one: readonly T[], other: readonly T[]): T[] {
  const length = Math.min(one.length, other.length);
  return Array.from({ length: 2 * length }, (_, row) => (row % 2 ? other : one)[row >> 1]!);
}
