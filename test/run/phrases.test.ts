import assert from 'node:assert/strict';
import { loadTokenizer } from '../../src/learning/data/tokenizer.js';
import { perObjective } from '../../src/learning/objective.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import type { PhrasesRow, SampleRow } from '../../src/records/rows.js';
import { stageSummaries } from '../../src/records/summarize.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

const tokenizer = await loadTokenizer(null);
const [plain, polite] = ['yes.', 'yes. Want more?'].map((text) => Int32Array.from(tokenizer.encode(text)));

/** Each client says "yes." in round 0 and "yes. Want more?" later, which scores 1 more, by the tokens. */
function politeExecutor(tells: (result: Required<TaskResult<'score'>>) => object): Executor {
  const untrained = untrainedExecutor();
  const measured = new Set<string>();
  const scored = (tokens: Int32Array) => Number(tokens.length > plain!.length);
  return {
    ...untrained,
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      const result = await untrained.run(request);
      if (request.kind === 'score') {
        const { count } = (request as TaskRequest<'score'>).data.prompts;
        const said = measured.has(request.seed) ? polite! : plain!;
        measured.add(request.seed);
        const each = <T>(value: T) => Array.from({ length: count }, () => value);
        const score = Float64Array.from(each(scored(said)));
        const answers = { responses: each(said), ended: each(true), scores: perObjective(() => score) };
        return { ...result, ...tells({ ...(result as TaskResult<'score'>), ...answers }) };
      }
      if (request.kind !== 'rescore') return result;
      const { tokens, rows, count } = (request as TaskRequest<'rescore'>).data.responses;
      const scores = Float64Array.from({ length: count }, (_, row) => {
        const [, from, , , to] = rows.subarray(5 * row, 5 * row + 5);
        assert.equal(tokens[to! - 1], tokenizer.endOfText);
        return scored(tokens.subarray(from, to! - 1));
      });
      return { ...result, scores: perObjective(() => scores) };
    },
  };
}

const phrasesOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is PhrasesRow => row.type === 'phrases');

describe('a run whose alignment teaches a stock phrase', () => {
  let checked: ProtocolRun;
  let unchecked: ProtocolRun;
  before(async () => {
    checked = await protocolRun([], {
      executor: politeExecutor(({ responses, ended, scores }) => ({ responses, ended, scores })),
    });
    unchecked = await protocolRun([], { executor: politeExecutor(({ responses }) => ({ responses })) });
  });

  it('finds it by itself, in a row of each client and in the summary', () => {
    const rows = phrasesOf(checked);
    assert.deepEqual(
      rows.map(({ actor, firstRound, round }) => [actor, firstRound, round]),
      [1, 2, 3].map((client) => [`client-${client}`, 0, 2]),
    );
    const { world, written } = checked.run;
    const { alignment } = stageSummaries({
      ...written,
      metrics: written.metrics,
      messages: written.messages,
      clients: [...world.clients.values()],
      scenario: world.scenario,
      judges: [],
    });
    const { phrases, rewardStripped, collapse } = alignment!;
    assert.deepEqual(phrases, {
      gain: 1,
      gainError: 0,
      share: 1,
      found: [{ phrase: 'Want more?', stock: true, frequencyBefore: 0, frequency: 1, share: 1 }],
    });
    assert.equal(rewardStripped, 0);
    assert.deepEqual(collapse[0], {
      ...{ kind: 'phrase-hacking', client: null },
      ...{ since: 2, round: 2, value: 1, threshold: 0.25 },
    });
    assert.ok(written.metrics.some((row): row is SampleRow => row.type === 'sample'));
  });

  it('is the same run as without the check: trace, messages, models and time', () => {
    assert.deepEqual(phrasesOf(unchecked), []);
    assert.equal(checked.run.traceHash(), unchecked.run.traceHash());
    assert.deepEqual(checked.run.written.messages, unchecked.run.written.messages);
    assert.deepEqual(checked.global, unchecked.global);
    assert.equal(checked.run.world.clock.nowSeconds, unchecked.run.world.clock.nowSeconds);
    const others = ({ run }: ProtocolRun) => run.written.metrics.filter(({ type }) => type !== 'phrases');
    assert.deepEqual(others(checked), others(unchecked));
  });

  it('fails where its check does', async () => {
    const executor = politeExecutor(({ responses, ended, scores }) => ({ responses, ended, scores }));
    const run = async <K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> => {
      if (request.kind === 'rescore') throw new Error('no judge');
      return executor.run(request);
    };
    const { ended } = await protocolRun([], { executor: { ...executor, run } });
    assert.equal(ended.reason, 'failed');
    assert.match(
      ended.cause,
      /^client-1: its responses could not be scored without phrases: no judge \(tried 3/,
    );
  });
});
