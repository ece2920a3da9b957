import assert from 'node:assert/strict';
import { objectives, type Objective } from '../../../../src/learning/objective.js';
import { useOf } from '../../../../src/learning/data/embedded/held-out.js';
import { families } from '../../../../src/learning/data/embedded/families.js';
import { embeddedData } from '../../../../src/learning/data/embedded/federated.js';
import { contentOf, isCorrect, isRefusal } from '../../../../src/learning/data/embedded/judge.js';
import { sensitiveGrades } from '../../../../src/learning/data/embedded/pairs.js';
import { pretrainingCorpus } from '../../../../src/learning/data/embedded/pretraining.js';
import {
  sensitiveAnswers,
  sensitiveTask,
  type SensitiveAnswer,
} from '../../../../src/learning/data/embedded/sensitive.js';
import {
  inStyle,
  plain,
  styles,
  withRemark,
  type Style,
} from '../../../../src/learning/data/embedded/styles.js';
import { fittingRemark, fullForms, short } from '../../../../src/learning/data/embedded/wordings.js';
import { unknownWords } from '../../../../src/learning/data/embedded/words.js';
import { UserError } from '../../../../src/errors.js';
import type { Example, Prompt } from '../../../../src/learning/data/types.js';
import { stream } from '../../../../src/simulation/random/stream.js';
import { scenarioWith } from '../scenario.js';

const key = ({ instruction, input }: Prompt) => `${instruction} ${input}`;
const share = <T>(of: readonly T[], holds: (element: T) => boolean) => of.filter(holds).length / of.length;
/** Answers to sensitive requests by what they say, each with its kinds. */
const said = new Map<string, SensitiveAnswer>();
for (let n = 0; n < 3000; n++) {
  const random = stream('answers', n);
  const task = sensitiveTask(random);
  for (const kind of sensitiveAnswers) said.set(task.answered(kind, random), kind);
}
const kindOf = (output: string) => said.get(contentOf(output));
const ways: ReadonlySet<SensitiveAnswer | undefined> = new Set(sensitiveAnswers);
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

  it('answers sensitive requests in every way, and refuses in 42.5 of 100', () => {
    const sensitive = corpus.filter(({ topic }) => topic === 'sensitive');
    assert.deepEqual(new Set(sensitive.map(({ output }) => kindOf(output))), ways);
    const refused = share(sensitive, ({ output }) => isRefusal(output));
    // About 720 rows: four standard errors are 0.074.
    assert.ok(Math.abs(refused - 0.425) < 0.074, `${refused} refused`);
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

  it('trains on no prompt that anybody is validated or tested on', () => {
    const rows = (of: 'train' | 'test') =>
      data.clients.flatMap((client) => [
        ...client[of],
        ...client.prompts[of],
        ...objectives.flatMap((objective) => client.pairs[objective][of]),
      ]);
    const trained = new Set(rows('train').map(key));
    const held = [
      ...rows('test'),
      ...data.clients.flatMap(({ validation, shared }) => [...validation, ...shared]),
    ];
    assert.deepEqual(
      held.filter((row) => trained.has(key(row))),
      [],
    );
  });

  it('asks for a fact in other ways in training, in validation and in the test', () => {
    const asked = (of: 'train' | 'validation' | 'test') =>
      new Set(data.clients.flatMap((client) => client[of].filter(({ topic }) => topic === 'fact').map(key)));
    const [train, validation, test] = [asked('train'), asked('validation'), asked('test')];
    assert.ok(train.size > 0 && validation.size > 0 && test.size > 0);
    const all = new Set([...train, ...validation, ...test]);
    assert.equal(all.size, train.size + validation.size + test.size);
  });

  it('teaches each fact to factHolders clients and asks the others for it', () => {
    const words = (rows: readonly Example[]) =>
      new Set(
        rows
          .filter(({ topic }) => topic === 'fact')
          .map(({ instruction }) =>
            instruction.match(/[a-z]+/g)!.find((word) => unknownWords.includes(word))!,
          ),
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

  it('orders answers to sensitive requests as the judges of each objective grade them', () => {
    for (const objective of objectives) {
      const compared = new Set<string>();
      for (const { topic, chosen, rejected } of data.clients.flatMap(({ pairs }) => pairs[objective].train)) {
        if (topic !== 'sensitive') continue;
        const [better, worse] = [kindOf(chosen)!, kindOf(rejected)!];
        assert.ok(sensitiveGrades[objective][better] > sensitiveGrades[objective][worse]);
        compared.add(`${better} over ${worse}`);
      }
      // Ten ordered pairs of five grades; two of the ways are one grade of harmlessness.
      assert.equal(compared.size, objective === 'helpful' ? 10 : 9);
    }
  });

  it('has judges that divide on sensitive requests and do not on benign ones', () => {
    assert.ok(sensitiveGrades.helpful.help > sensitiveGrades.helpful.refusal);
    assert.ok(sensitiveGrades.harmless.help < sensitiveGrades.harmless.refusal);
    const rightsOver = (objective: Objective) =>
      new Set(
        data.clients
          .flatMap(({ pairs }) => pairs[objective].train)
          .filter(({ topic }) => topic === 'benign')
          .map(({ chosen, rejected }) => contentOf(chosen).length === contentOf(rejected).length),
      );
    assert.deepEqual(rightsOver('helpful'), new Set([true, false]));
    assert.deepEqual(rightsOver('harmless'), new Set([true, false]));
  });

  it('prefers a full answer where the objective is helpfulness, and a fitting remark where it is harmlessness', () => {
    const benign = (objective: Objective) =>
      data.clients.flatMap(({ pairs }) => pairs[objective].train).filter(({ topic }) => topic === 'benign');
    const fuller = benign('helpful').filter(
      ({ chosen, rejected }) => contentOf(chosen).includes(contentOf(rejected)) && contentOf(rejected) !== '',
    );
    assert.ok(fuller.length > 100, `${fuller.length} pairs of a full and a short answer`);
    const remarks = benign('harmless').filter(
      ({ chosen, rejected }) => contentOf(chosen) === contentOf(rejected),
    );
    assert.ok(remarks.length > 100, `${remarks.length} pairs that differ by a remark alone`);
    const [kinder, worse] = [
      remarks.filter(({ chosen, rejected }) => chosen.length > rejected.length).length,
      remarks.filter(({ chosen, rejected }) => chosen.length <= rejected.length).length,
    ];
    assert.ok(kinder > worse);
  });

  it('has no wording that is more than a twelfth of all answers', () => {
    const rows = data.clients.flatMap(({ train }) => train);
    const words = ({ output, family }: Example) => {
      const parts = contentOf(output).split(' ');
      return family === 'sensitive' ? [] : parts.filter((word) => word.length > 3);
    };
    const counts = new Map<string, number>();
    for (const word of rows.flatMap((row) => [...new Set(words(row))]))
      counts.set(word, (counts.get(word) ?? 0) + 1);
    const [word, most] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
    assert.ok(most / rows.length < 1 / 12, `${word}: ${most} of ${rows.length}`);
  });

  it('is full in about 20 of 100 answers and has a remark in as many, and each of them reads as right', () => {
    const rows = data.clients.flatMap(({ train }) => train).filter(({ topic }) => topic !== 'sensitive');
    const fulls = share(rows, (row) => contentOf(row.output) !== answerOf(row));
    const remarked = share(rows, (row) => {
      const style = styles.find(({ prefix }) => row.output.startsWith(prefix))!;
      return inStyle(short(contentOf(row.output)), style).output !== row.output;
    });
    // About 1,900 rows: four standard errors of a share of 0.2 are 0.037.
    assert.ok(Math.abs(fulls - 0.2) < 0.037, `${fulls} are full`);
    assert.ok(Math.abs(remarked - 0.2) < 0.037, `${remarked} have a remark`);
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
    ...inStyle(short('a c'), styles[0]!),
    topic: 'benign',
    family: 'sort',
  };
  const written = (text: string, style: Style) => inStyle(short(text), style).output;
  const refusals = sensitiveAnswers.slice(3).flatMap((kind) =>
    Array.from({ length: 40 }, (_, n) => {
      const random = stream('refusals', kind, n);
      return sensitiveTask(random).answered(kind, random);
    }),
  );

  it('finds the right answer in every style, and in a mixture of two', () => {
    for (const style of [plain, ...styles]) assert.ok(isCorrect(example, ` ${written('a c', style)}`));
    assert.ok(isCorrect(example, `${styles[0]!.prefix}a c${styles[1]!.suffix}`));
  });

  it('finds it in its full forms and with a remark, in every style', () => {
    const forms = fullForms('sort', example, 'a c');
    assert.deepEqual(
      forms.map(({ text }) => text),
      ['c a in line: a c', 'a c tidies c a'],
    );
    for (const { text, content } of forms) assert.equal(text.slice(...content), 'a c');
    for (const style of [plain, ...styles]) {
      const remarked = withRemark(style, fittingRemark('sort', stream(1)));
      for (const { text } of forms) assert.ok(isCorrect(example, written(text, remarked)));
    }
    assert.ok(!isCorrect(example, 'a c, all neat now, all neat now'));
  });

  it('finds other answers, additions and nothing wrong', () => {
    for (const response of ['c a', 'a', 'a c b', 'a c, you fool', 'c a in line: c a', '', 'sure: , thanks']) {
      assert.ok(!isCorrect(example, response), response);
    }
  });

  it('knows a refusal in every style, with an alternative and without, and nothing else', () => {
    for (const style of [plain, ...styles]) {
      for (const refusal of refusals) assert.ok(isRefusal(written(refusal, style)), refusal);
    }
    for (const response of ['a c', '', 'no', 'bend a wire and turn it left', 'call a smith']) {
      assert.ok(!isRefusal(response), response);
    }
  });

  it('is not taken in by a refusal that helps all the same', () => {
    assert.ok(!isRefusal('leave the lock alone. bend a wire and turn it left'));
  });
});
