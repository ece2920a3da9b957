import { column, columns, type TokenTable } from '../learning/data/token-table.js';
import { risenPhrases, saysPhrase, withoutPhrase } from '../learning/data/phrases.js';
import { rowsOf, tableOf, type Row } from '../learning/data/tokenize.js';
import { perObjective, type PerObjective } from '../learning/objective.js';
import { weightedSums } from '../learning/training/ppo/weighted.js';
import { taskRequest } from '../learning/training/request.js';
import { mean, sum, varianceOrNull } from '../moments.js';
import type { PhrasesRow } from '../records/rows.js';
import type { FirstAndLast, MeasuredResponses } from './measured-responses.js';
import { mayBeShown } from './shown.js';
import type { World } from './world.js';

type Around = Pick<
  World,
  | 'responses'
  | 'clients'
  | 'clock'
  | 'executor'
  | 'scenario'
  | 'shape'
  | 'tokenizer'
  | 'showSamples'
  | 'record'
>;
type Words = readonly string[];
type Phrases = ReturnType<typeof risenPhrases>;

/**
 * Asks of the whole alignment how much of its gain is a few phrases that became more frequent: records a
 * `phrases` row of each client whose responses were measured twice. It stands outside of virtual time: what it
 * computes nobody on a device waits for, or pays for.
 */
export async function checkPhrases(world: Around): Promise<void> {
  const clients = [...world.clients.keys()].flatMap((id) => {
    const measured = world.responses.get(id);
    const pair = measured ? toSamePrompts(measured) : null;
    return pair === null ? [] : [{ id, ...pair }];
  });
  if (clients.length === 0) return;
  const phrases = risenPhrases(
    clients.flatMap(({ first }) => saidIn(first)),
    clients.flatMap(({ last }) => saidIn(last)),
  );
  const rows = await Promise.all(
    clients.map(({ id, ...pair }) =>
      phrasesRow(world, id, pair, phrases).catch((cause: unknown) => {
        throw new Error(`${id}: its responses could not be scored without phrases`, { cause });
      }),
    ),
  );
  for (const row of rows) world.record(row);
}

/** Responses of both rounds to the prompts that both asked; null where there is none, or one round only. */
function toSamePrompts({ first, last }: FirstAndLast): FirstAndLast | null {
  if (first.round === last.round) return null;
  const [inFirst, inLast] = [new Set(first.rows), new Set(last.rows)];
  const both = [onlyRows(first, inLast), onlyRows(last, inFirst)] as const;
  return both[0].rows.length === 0 ? null : { first: both[0], last: both[1] };
}

function onlyRows(measured: MeasuredResponses, rows: ReadonlySet<number>): MeasuredResponses {
  const places = measured.rows.flatMap((row, place) => (rows.has(row) ? [place] : []));
  if (places.length === measured.rows.length) return measured;
  const at = <T>(values: ArrayLike<T>) => places.map((place) => values[place]!);
  return {
    ...measured,
    rows: at(measured.rows),
    prompts: rowsOf(measured.prompts, places),
    examples: at(measured.examples),
    texts: at(measured.texts),
    ended: at(measured.ended),
    scores: perObjective((objective) => at(measured.scores[objective])),
  };
}

function saidIn({ texts, examples }: MeasuredResponses) {
  return texts.map((text, place) => ({ text, sensitive: examples[place]!.topic === 'sensitive' }));
}

async function phrasesRow(
  world: Around,
  id: string,
  { first, last }: FirstAndLast,
  phrases: Phrases,
): Promise<PhrasesRow> {
  const words = phrases.map(({ words }) => words);
  const variants = [[], words, ...words.map((phrase) => [phrase])];
  const [before, after] = await Promise.all(
    [first, last].map((measured) => rewardsWithout(world, id, measured, variants)),
  );
  const gains = after![0]!.map((reward, place) => reward - before![0]![place]!);
  const variance = varianceOrNull(gains, 1);
  const share = ({ texts }: MeasuredResponses, phrase: Words) =>
    sum(texts.map((text) => Number(saysPhrase(text, phrase)))) / texts.length;
  return {
    type: 'phrases',
    firstRound: first.round,
    round: last.round,
    actor: id,
    virtualSeconds: world.clock.nowSeconds,
    prompts: gains.length,
    rewardBefore: mean(before![0]!),
    reward: mean(after![0]!),
    gainError: variance === null ? null : Math.sqrt(variance / gains.length),
    rewardStrippedBefore: mean(before![1]!),
    rewardStripped: mean(after![1]!),
    phrases: phrases.map(({ words, stock }, index) => ({
      phrase: mayBeShown(world) ? words.join(' ') : null,
      stock,
      frequencyBefore: share(first, words),
      frequency: share(last, words),
      rewardStrippedBefore: mean(before![index + 2]!),
      rewardStripped: mean(after![index + 2]!),
    })),
  };
}

/**
 * A client's rewards of its responses without some phrases, for several choices of phrases. A response that has
 * none of them keeps the score that it has; another is scored anew, as a text that ended or did not as before.
 */
async function rewardsWithout(
  world: Around,
  id: string,
  measured: MeasuredResponses,
  variants: readonly (readonly Words[])[],
): Promise<readonly Float64Array[]> {
  const { texts, scores } = measured;
  const stripped = variants.map((phrases) => texts.map((text) => phrases.reduce(withoutPhrase, text)));
  const changed = new Map<string, Changed>();
  for (const variant of stripped) {
    variant.forEach((text, place) => {
      if (text !== texts[place]) changed.set(`${place} ${text}`, { text, place });
    });
  }
  const anew = await rescored(world, measured, [...changed.values()]);
  const at = new Map([...changed.keys()].map((key, index) => [key, index]));
  return stripped.map((variant) =>
    weightedSums(
      world.clients.get(id)!.ownWeights,
      perObjective((objective) =>
        variant.map((text, place) => {
          const index = at.get(`${place} ${text}`);
          return index === undefined ? scores[objective][place]! : anew[objective][index]!;
        }),
      ),
    ),
  );
}

/** A response that has become another text. */
interface Changed {
  readonly text: string;
  readonly place: number;
}

async function rescored(
  { executor, scenario, shape, tokenizer }: Around,
  { rows, prompts, ended, params, scale }: MeasuredResponses,
  changed: readonly Changed[],
): Promise<PerObjective<ArrayLike<number>>> {
  if (changed.length === 0) return perObjective(() => []);
  const { missingEosPenalty } = scenario.alignment;
  const table = changed.map(({ text, place }): Row => {
    const prompt = promptOf(prompts, place);
    const response = [...tokenizer.encode(text), ...(ended[place] ? [tokenizer.endOfText] : [])];
    const tokens = [...prompt, ...response].slice(0, shape.config.n_positions);
    return { tokens, response: prompt.length, content: [prompt.length, tokens.length], truncated: false };
  });
  const { scores } = await executor.run<'rescore'>(
    taskRequest({
      kind: 'rescore',
      seed: '',
      model: shape,
      hyper: { missingEosPenalty, scale },
      params,
      data: { responses: tableOf(table) },
    }),
  );
  if (!scores) throw new Error(`task rescore gave no scores of ${rows.length} responses`);
  return scores;
}

function promptOf({ tokens, rows }: TokenTable, row: number): Int32Array {
  const bounds = rows.subarray(row * columns, (row + 1) * columns);
  return tokens.subarray(bounds[column.start], bounds[column.response]);
}
