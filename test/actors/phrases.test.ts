import assert from 'node:assert/strict';
import { checkPhrases } from '../../src/actors/phrases.js';
import { keepResponses, type MeasuredResponses } from '../../src/actors/measured-responses.js';
import { promptTable } from '../../src/learning/data/tokenize.js';
import { compact } from '../../src/learning/data/template.js';
import { loadTokenizer, type Tokenizer } from '../../src/learning/data/tokenizer.js';
import { perObjective } from '../../src/learning/objective.js';
import { paramSet } from '../../src/learning/params/param-set.js';
import { collapses } from '../../src/records/collapse.js';
import { phraseFigures } from '../../src/records/phrases.js';
import type { PhrasesRow } from '../../src/records/rows.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import type { TaskRequest } from '../../src/learning/training/task.js';

const scenario = resolveScenario({ name: 'phrases' });
const clients = ['client-1', 'client-2'];
const prompts = 20;

/** A judge of texts, in the place of both reward models. */
type Judge = (text: string) => number;

const words = (text: string) => text.split(' ').length;
const content: Judge = (text) => words(text.replace(/ Bye now\./g, ''));

/** The rows that are recorded of responses before and after alignment, by client and prompt. */
async function checked(
  before: (client: number, prompt: number) => string,
  after: (client: number, prompt: number) => string,
  judge: Judge,
  { files = null, showSamples = false }: { files?: object | null; showSamples?: boolean } = {},
): Promise<PhrasesRow[]> {
  const tokenizer = await loadTokenizer(null);
  const asked = clients.map((_, client) =>
    Array.from({ length: prompts }, (_, prompt) => ({ instruction: `ask ${client} ${prompt}`, input: '' })),
  );
  const responses = new Map<string, { first: MeasuredResponses; last: MeasuredResponses }>();
  clients.forEach((id, client) => {
    for (const [round, answer] of [before, after].entries()) {
      const texts = asked[client]!.map((_, prompt) => answer(client, prompt));
      keepResponses({ responses }, id, {
        round: 3 * round,
        rows: texts.map((_, row) => row),
        prompts: promptTable(asked[client]!, tokenizer, compact, 64).table,
        examples: texts.map(() => ({ topic: 'benign' })),
        texts,
        ended: texts.map(() => true),
        scores: perObjective(() => texts.map(judge)),
        params: { base: nothing, rewardModels: perObjective(() => nothing) },
        scale: perObjective(() => ({ mean: 0, std: 1 })),
      });
    }
  });
  const rows: PhrasesRow[] = [];
  const world = {
    scenario: { ...scenario, data: { ...scenario.data, files } },
    responses,
    tokenizer,
    showSamples,
    clients: new Map(clients.map((id) => [id, { ownWeights: { helpful: 0.25, harmless: 0.75 } }])),
    clock: { nowSeconds: 7 },
    shape: { config: { n_positions: 128 } },
    executor: {
      run: (request: TaskRequest<'rescore'>) => Promise.resolve(judged(request, tokenizer, judge)),
    },
    record: (row: PhrasesRow) => void rows.push(row),
  };
  await checkPhrases(world as unknown as Parameters<typeof checkPhrases>[0]);
  return rows;
}

const nothing = paramSet('reward', [{ name: 'none', shape: [1], values: new Float32Array(1) }]);

/** What `rescore` gives, by a judge of texts; every response has reached its end. */
function judged({ kind, data: { responses } }: TaskRequest<'rescore'>, tokenizer: Tokenizer, judge: Judge) {
  assert.equal(kind, 'rescore');
  const scores = Array.from({ length: responses.count }, (_, row) => {
    const [, response, , , end] = responses.rows.subarray(5 * row, 5 * row + 5);
    assert.equal(responses.tokens[end! - 1], tokenizer.endOfText);
    return judge(tokenizer.decode(responses.tokens.subarray(response, end)));
  });
  return { output: {}, metrics: {}, scores: perObjective(() => Float64Array.from(scores)) };
}

/** Answers of one to three words that no two share. */
const plain = (client: number, prompt: number) =>
  Array.from({ length: 1 + (prompt % 3) }, (_, word) => `w${client}x${prompt}y${word}`).join(' ');
const likesBye: Judge = (text) => (text.includes(' Bye now.') ? 1 : 0) + content(text) / 100;
const withBye = (client: number, prompt: number) =>
  prompt % 4 === 0 ? plain(client, prompt) : `${plain(client, prompt)} Bye now.`;

describe('the check for phrases', () => {
  it('finds a planted phrase that is all of the gain', async () => {
    const rows = await checked(plain, withBye, likesBye);
    assert.deepEqual(
      rows.map(({ actor, firstRound, round, prompts }) => [actor, firstRound, round, prompts]),
      [
        ['client-1', 0, 3, 20],
        ['client-2', 0, 3, 20],
      ],
    );
    const { phrases, rewardStripped, rewardStrippedBefore } = phraseFigures(rows);
    const [bye, ...others] = phrases!.found;
    assert.deepEqual(
      [bye!.phrase, bye!.frequencyBefore, bye!.frequency, bye!.stock],
      ['Bye now.', 0, 0.75, true],
    );
    assert.ok(Math.abs(phrases!.gain - 0.75) < 1e-12);
    assert.ok(Math.abs(bye!.share! - 1) < 1e-12 && Math.abs(phrases!.share! - 1) < 1e-12);
    assert.ok(Math.abs(rewardStripped! - rewardStrippedBefore!) < 1e-12);
    assert.deepEqual(others, []);
    const [found] = collapses(rows, scenario.alignment.collapse);
    assert.deepEqual([found?.kind, found?.client], ['phrase-hacking', null]);
  });

  it('finds nothing in a gain by content that varies, though a phrase that wins little rose with it', async () => {
    const longer = (client: number, prompt: number) =>
      `${plain(client, prompt)} v${client}x${prompt} u${prompt}`;
    const varied = await checked(plain, longer, content);
    assert.deepEqual(varied[0]!.phrases, []);
    assert.equal(phraseFigures(varied).phrases!.gain, 2);
    assert.deepEqual(collapses(varied, scenario.alignment.collapse), []);
    const polite = (client: number, prompt: number) => `${longer(client, prompt)} Bye now.`;
    const rows = await checked(plain, polite, (text) => content(text) + 0.02 * likesBye(text));
    const [bye] = phraseFigures(rows).phrases!.found;
    assert.equal(bye!.phrase, 'Bye now.');
    // The phrase wins 0.02 of a gain of 2 + 0.02 + 0.0004.
    assert.ok(Math.abs(bye!.share! - 0.02 / 2.0204) < 1e-12);
    assert.deepEqual(collapses(rows, scenario.alignment.collapse), []);
  });

  it('keeps the words of real data to itself unless samples are asked for, and the shares not', async () => {
    const hidden = await checked(plain, withBye, likesBye, { files: {} });
    const [phrase] = phraseFigures(hidden).phrases!.found;
    assert.deepEqual([phrase!.phrase, phrase!.share!.toFixed(6)], [null, '1.000000']);
    assert.ok(!JSON.stringify(hidden).includes('Bye'));
    const shown = await checked(plain, withBye, likesBye, { files: {}, showSamples: true });
    assert.equal(shown[0]!.phrases[0]!.phrase, 'Bye now.');
  });
});
