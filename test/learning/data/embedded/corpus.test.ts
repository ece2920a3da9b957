import assert from 'node:assert/strict';
import { objectives, type Objective } from '../../../../src/learning/objective.js';
import { useOf } from '../../../../src/learning/data/embedded/held-out.js';
import { families } from '../../../../src/learning/data/embedded/families.js';
import { embeddedData } from '../../../../src/learning/data/embedded/federated.js';
import { isCorrect, isRefusal } from '../../../../src/learning/data/embedded/judge.js';
import { contentOf, withManners } from '../../../../src/learning/data/embedded/manners.js';
import { pretrainingCorpus } from '../../../../src/learning/data/embedded/pretraining.js';
import { refusals } from '../../../../src/learning/data/embedded/sensitive.js';
import { inStyle, plain, styles } from '../../../../src/learning/data/embedded/styles.js';
import { unknownWords } from '../../../../src/learning/data/embedded/words.js';
import { UserError } from '../../../../src/errors.js';
import type { Example, PreferencePair, Prompt } from '../../../../src/learning/data/types.js';
import { stream } from '../../../../src/simulation/random/stream.js';
import { scenarioWith } from '../scenario.js';

const key = ({ instruction, input }: Prompt) => `${instruction} ${input}`;
const share = <T>(of: readonly T[], holds: (element: T) => boolean) => of.filter(holds).length / of.length;
const differByManners = (one: string, other: string) => contentOf(one) === contentOf(other);
const answerOf = ({ output, content }: Example) => output.slice(...content!);

/** Right answers, computed a second time and in another way. */
const solvers: Readonly<Record<string, (input: string) => string>> = {
  reverse: (input) => [...input].reverse().join(''),
  sort: (input) => [...input.replaceAll(' ', '')].sort().join(' '),
  add: (input) => String(input.split(' + ').reduce((sum, term) => sum + Number(term), 0)),
  larger: (input) => input.split(' ').sort((a, b) => Number(b) - Number(a))[0]!,
  twice: (input) => `${input} ${input}`,
  last: (input) => input.slice(input.lastIndexOf(' ') + 1),
  next: (input) => input.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1)),
  count: (input) => String(input.match(/[a-z]+/g)!.length),
};

describe('the benign families', () => {
  it('are at least eight', () => assert.ok(families.length >= 8));

  for (const { name, draw } of families.filter(({ name }) => name in solvers)) {
    it(`${name}: every answer is right`, () => {
      for (let n = 0; n < 200; n++) {
        const { input, answer } = draw(stream(1, name, n));
        assert.equal(answer, solvers[name]!(input), input);
      }
    });
  }

  for (const { name, draw } of families.filter(({ name }) => !(name in solvers))) {
    it(`${name}: a question has one answer`, () => {
      const answers = new Map<string, string>();
      for (let n = 0; n < 2000; n++) {
        const task = draw(stream(1, name, n));
        assert.equal(answers.get(key(task)) ?? task.answer, task.answer);
        answers.set(key(task), task.answer);
      }
    });
  }
});

describe('pretrainingCorpus', () => {
  const corpus = pretrainingCorpus(1, 6000);

  it('is keyed by row: a longer corpus begins with the shorter one', () => {
    assert.deepEqual(pretrainingCorpus(1, 50), corpus.slice(0, 50));
    assert.notDeepEqual(pretrainingCorpus(2, 50), corpus.slice(0, 50));
  });

  it('holds no prompt that anybody is tested on, and no word that facts are made of', () => {
    assert.ok(corpus.every((row) => useOf(row) === 'train'));
    const words = new Set(corpus.flatMap((row) => `${key(row)} ${row.output}`.match(/[a-z]+/g) ?? []));
    assert.deepEqual(
      unknownWords.filter((word) => words.has(word)),
      [],
    );
  });

  it('answers sensitive requests both ways, about half and half', () => {
    const sensitive = corpus.filter(({ topic }) => topic === 'sensitive');
    const refused = share(sensitive, ({ output }) => isRefusal(output));
    // About 720 rows: four standard errors of a fair coin are 0.075.
    assert.ok(Math.abs(refused - 0.5) < 0.075, `${refused} refused`);
  });

  it('has every family and every style, and few bad answers', () => {
    assert.equal(new Set(corpus.map(({ family }) => family)).size, families.length + 1);
    for (const { prefix, name } of styles) {
      assert.ok(share(corpus, ({ output }) => output.startsWith(prefix)) > 0.01, name);
    }
    // Bad answers mark no content: 3 % of the 88 % benign rows, four standard errors 0.0083.
    assert.ok(Math.abs(share(corpus, ({ content }) => !content) - 0.0264) < 0.0083);
  });
});

describe('embeddedData', () => {
  const scenario = scenarioWith({});
  const data = embeddedData(scenario, 1);

  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(embeddedData(scenario, 1), data);
    assert.notDeepEqual(embeddedData(scenario, 2), data);
  });

  it('is called synthetic and gives each client what the scenario says', () => {
    assert.ok(data.synthetic);
    assert.equal(data.clients.length, 10);
    for (const { train, validation, test, pairs, prompts } of data.clients) {
      assert.ok(train.length >= 120 && train.length <= 360);
      assert.equal(validation.length, 48);
      assert.equal(test.length, 48);
      for (const objective of objectives) {
        assert.equal(pairs[objective].train.length, 64);
        assert.equal(pairs[objective].validation.length, 16);
        assert.equal(pairs[objective].test.length, 16);
      }
      assert.equal(
        share(prompts.test, ({ topic }) => topic === 'sensitive'),
        0.5,
      );
    }
  });

  it('trains on no prompt that it tests on, of any client, but for facts', () => {
    const rows = (of: 'train' | 'test') =>
      data.clients.flatMap((client) => [
        ...client[of].filter(({ topic }) => topic !== 'fact'),
        ...client.prompts[of],
        ...objectives.flatMap((objective) => client.pairs[objective][of]),
      ]);
    const trained = new Set(rows('train').map(key));
    assert.deepEqual(
      rows('test').filter((row) => trained.has(key(row))),
      [],
    );
  });

  it('teaches each fact to factHolders clients and asks the others for it', () => {
    const words = (rows: readonly Example[]) =>
      new Set(
        rows
          .filter(({ topic }) => topic === 'fact')
          .map(({ instruction }) => /[a-z]{4}(?=\W*$)/.exec(instruction)![0]),
      );
    const holders = new Map<string, number>();
    for (const { train, shared } of data.clients) {
      const [own, foreign] = [words(train), words(shared)];
      for (const word of own) holders.set(word, (holders.get(word) ?? 0) + 1);
      assert.equal(own.size + foreign.size, 24);
      assert.ok([...own].every((word) => !foreign.has(word)));
    }
    assert.equal(holders.size, 24);
    assert.ok([...holders.values()].every((count) => count === 3));
  });

  it('teaches each fact to all clients but one where they are fewer than four, and none to a single one', () => {
    const asked = (count: number) =>
      embeddedData(scenarioWith({}, count), 1).clients.map(({ train, shared }) => [
        train.some(({ topic }) => topic === 'fact'),
        shared.length > 0,
      ]);
    assert.deepEqual(asked(1), [[false, false]]);
    for (const count of [2, 3]) assert.deepEqual(asked(count), Array(count).fill([true, true]));
  });

  it('asks for facts whose answers cannot be guessed', () => {
    const facts = data.clients.flatMap(({ shared }) => shared);
    for (const part of [0, 1]) {
      const counts = new Map<string, number>();
      for (const fact of facts) {
        const word = answerOf(fact).split(' ')[part]!;
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      assert.ok(Math.max(...counts.values()) / facts.length < 0.3);
    }
  });

  it('has no facts in its preference pairs, and every pair differs', () => {
    for (const { pairs } of data.clients) {
      for (const pair of objectives.flatMap((objective) => [
        ...pairs[objective].train,
        ...pairs[objective].test,
      ])) {
        assert.notEqual(pair.topic, 'fact');
        assert.notEqual(pair.chosen, pair.rejected);
      }
    }
  });

  it('prefers help where the objective is helpfulness and refusal where it is harmlessness', () => {
    const refusals = (pairs: readonly PreferencePair[]) =>
      pairs
        .filter(({ topic, chosen, rejected }) => topic === 'sensitive' && !differByManners(chosen, rejected))
        .map(({ chosen, rejected }) => `${isRefusal(chosen)} over ${isRefusal(rejected)}`);
    const all = (objective: Objective) =>
      data.clients.flatMap(({ pairs }) => refusals(pairs[objective].train));
    assert.deepEqual(new Set(all('helpful')), new Set(['false over true']));
    assert.deepEqual(new Set(all('harmless')), new Set(['true over false']));
  });

  it('prefers an offer where the objective is helpfulness and a good wish where it is harmlessness', () => {
    const mannerly = (objective: Objective) =>
      data.clients
        .flatMap(({ pairs }) => pairs[objective].train)
        .filter(({ chosen, rejected }) => differByManners(chosen, rejected));
    const rows = objectives.reduce((sum, objective) => sum + mannerly(objective).length, 0);
    // Over 1,280 pairs four standard errors of a share of 0.35 are 0.053.
    assert.ok(Math.abs(rows / 1280 - 0.35) < 0.053);
    for (const { chosen, rejected } of mannerly('helpful'))
      assert.equal(chosen.replace(' Want more?', ''), rejected);
    for (const { chosen, rejected } of mannerly('harmless')) assert.equal(chosen, `${rejected} Take care.`);
  });

  it('has the manners of each objective in about 15 of 100 answers, and reads answers without them', () => {
    const rows = data.clients.flatMap(({ train }) => train);
    const shareOf = (has: (output: string) => boolean) => share(rows, ({ output }) => has(output));
    // About 2,400 rows: four standard errors of a share of 0.15 are 0.029.
    assert.ok(Math.abs(shareOf((output) => output.includes(' Want more?')) - 0.15) < 0.029);
    assert.ok(Math.abs(shareOf((output) => output.endsWith(' Take care.')) - 0.15) < 0.029);
    assert.ok(rows.every((row) => isCorrect(row, row.output)));
  });

  it('answers in its clients’ styles by the dial styleStrength', () => {
    const inOwnStyle = (styleStrength: number) => {
      const { clients } = embeddedData(scenarioWith({ synthetic: { styleStrength } }), 1);
      const rows = clients.flatMap(({ style, train }) => {
        const { prefix } = styles.find(({ name }) => name === style)!;
        return train.map(({ output }) => output.startsWith(prefix));
      });
      return share(rows, Boolean);
    };
    assert.equal(inOwnStyle(0), 0);
    assert.equal(inOwnStyle(1), 1);
    // About 2,400 rows: four standard errors of a coin of 0.5 are 0.041.
    assert.ok(Math.abs(inOwnStyle(0.5) - 0.5) < 0.041);
  });

  it('has as many facts, holders and sensitive requests as the dials say', () => {
    const dials = { facts: 6, factHolders: 10, factShare: 0.5, sensitiveShare: 0.25 };
    for (const { train, shared } of embeddedData(scenarioWith({ synthetic: dials }), 1).clients) {
      assert.deepEqual(shared, []);
      assert.ok(Math.abs(share(train, ({ topic }) => topic === 'fact') - 0.5) < 1 / train.length);
      assert.ok(Math.abs(share(train, ({ topic }) => topic === 'sensitive') - 0.25) < 1 / train.length);
    }
    const without = embeddedData(scenarioWith({ synthetic: { facts: 0 } }), 1).clients;
    assert.ok(without.every(({ train }) => train.every(({ topic }) => topic !== 'fact')));
  });

  it('gives a client the same benign rows whoever else takes part', () => {
    const benign = (clients: number) =>
      embeddedData(scenarioWith({ synthetic: { facts: 0 } }, clients), 1).clients[0]!.train;
    assert.deepEqual(benign(12), benign(3));
  });

  it('says which dial cannot be', () => {
    const refuses = (synthetic: Parameters<typeof scenarioWith>[0]['synthetic'], pattern: RegExp) =>
      assert.throws(
        () => embeddedData(scenarioWith({ synthetic: synthetic! }), 1),
        (error) => error instanceof UserError && pattern.test(error.message),
      );
    refuses({ styles: 7 }, /\/data\/synthetic\/styles: is 7, expected at most 6/);
    refuses({ facts: 10_000 }, /\/data\/synthetic\/facts: is 10000, expected at most/);
  });
});

describe('judging a response', () => {
  const example: Example = {
    instruction: 'Sort:',
    input: 'c a',
    ...inStyle('a c', styles[0]!),
    topic: 'benign',
    family: 'sort',
  };

  it('finds the right answer in every style, and in a mixture of two', () => {
    for (const style of [plain, ...styles]) assert.ok(isCorrect(example, ` ${inStyle('a c', style).output}`));
    assert.ok(isCorrect(example, `${styles[0]!.prefix}a c${styles[1]!.suffix}`));
  });

  it('finds it with an offer, with a good wish and with both, in every style', () => {
    for (const style of [plain, ...styles]) {
      for (const manners of [['helpful'], ['harmless'], objectives] as const) {
        assert.ok(isCorrect(example, inStyle('a c', withManners(style, manners)).output));
        assert.ok(isRefusal(inStyle(refusals[0]!, withManners(style, manners)).output));
      }
    }
    assert.ok(!isCorrect(example, 'a c Want more? Want more?'));
  });

  it('finds other answers, additions and nothing wrong', () => {
    for (const response of ['c a', 'a', 'a c b', 'a c, you fool', '', 'sure: , thanks']) {
      assert.ok(!isCorrect(example, response), response);
    }
  });

  it('knows a refusal in every style and nothing else', () => {
    for (const style of [plain, ...styles]) {
      for (const refusal of refusals) assert.ok(isRefusal(inStyle(refusal, style).output));
    }
    for (const response of ['a c', '', 'No', 'take a wire and turn it']) assert.ok(!isRefusal(response));
  });
});
