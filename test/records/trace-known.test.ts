import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.js';
import { traceOf } from '../../src/records/trace.js';
import { requireKnown } from '../../src/records/trace-known.js';
import { parseTraceQuery } from '../../src/records/trace-query.js';
import { closed, message, step } from './activity/made-up-rows.js';

const clients = ['client-1', 'client-2'];
const story = traceOf(
  [
    step('server', '1.1', 0, 0),
    closed(10, 'answers', { verdict: 'out-of-rounds' }),
    closed(20, 'answers', { stage: 'reward', round: 1 }),
    closed(30, 'answers', { stage: 'reward', round: 2 }),
  ],
  [message('model', 'client-1', 0, 2)],
);
const asked = (query: string) => () => requireKnown(parseTraceQuery(query), 'runs/some', { clients, story });

describe('what is asked of the story of a run', () => {
  for (const query of [
    '',
    'client:2',
    'client:server',
    'step:2.5',
    'round:2',
    'round:2 stage:reward',
    'word',
  ]) {
    it(`may be what the run has: ${query}`, () => {
      assert.doesNotThrow(asked(query));
    });
  }

  for (const [query, refusal] of [
    ['client:99', 'client client-99: is not in runs/some, expected "client-1", "client-2", "server"'],
    ['step:3.3', 'step 3.3: is not in runs/some, expected "1.1", "1.5", "2.5"'],
    ['stage:alignment', 'stage alignment: is not in runs/some, expected "instruction", "reward"'],
    ['round:3', 'round 3: is not in runs/some, expected "0", "1", "2"'],
    ['stage:instruction round:2', 'round 2: is not in stage instruction of runs/some, expected "0", "1"'],
  ] as const) {
    it(`is refused in one line where the run has it not: ${query}`, () => {
      assert.throws(asked(query), new UserError(refusal));
    });
  }

  it('is told the first and the last of very many', () => {
    const many = Array.from({ length: 100 }, (_, index) => `client-${index + 1}`);

    assert.throws(
      () => requireKnown(parseTraceQuery('client:101'), 'runs/some', { clients: many, story }),
      /expected "client-1", [^\n]*, "client-14", … "client-100", "server"$/,
    );
  });
});
