import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.js';
import { parseTraceQuery } from '../../src/records/trace-query.js';

describe('a query of the story of a run', () => {
  it('has keys and words in any order', () => {
    assert.deepEqual(
      parseTraceQuery('Late client:3  step:3.3 round:2 stage:alignment from:1.5 to:20 uplink'),
      {
        client: 'client-3',
        step: '3.3',
        round: 2,
        stage: 'alignment',
        from: 1.5,
        to: 20,
        words: ['late', 'uplink'],
      },
    );
  });

  it('asks for everything where it is empty', () => {
    const query = parseTraceQuery(' ');
    assert.deepEqual(query.words, []);
    assert.ok(Object.values({ ...query, words: null }).every((value) => value === null));
  });

  it('names actors by their ids too, and takes a pointer into the scenario as a word', () => {
    assert.equal(parseTraceQuery('client:client-12').client, 'client-12');
    assert.equal(parseTraceQuery('client:server').client, 'server');
    assert.deepEqual(parseTraceQuery('/channel/faults/5').words, ['/channel/faults/5']);
  });

  for (const [text, message] of [
    ['client:x', 'client:x: is "x", expected the number of a client, its id or "server"'],
    ['step:4.1', 'step:4.1: is "4.1", expected a step of the paper, "1.1" to "3.5"'],
    ['round:-1', 'round:-1: is "-1", expected a whole number'],
    ['stage:four', 'stage:four: is "four", expected one of "instruction", "reward", "alignment"'],
    ['from:', 'from:: is "", expected virtual seconds'],
    ['round:1 round:2', 'round:2: is the second "round", expected one of them'],
    [
      'clients:3',
      'clients:3: has no key that is known, expected one of client, step, round, stage, from, to, or a word',
    ],
  ] as const) {
    it(`is refused in one line: ${text}`, () => {
      assert.throws(() => parseTraceQuery(text), new UserError(message));
    });
  }
});
