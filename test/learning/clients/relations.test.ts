import assert from 'node:assert/strict';
import { clientRules } from '../../../src/learning/clients/relations.js';
import { problemLine } from '../../../src/settings/problem.js';
import { broken } from '../../../src/settings/rule.js';
import { checkForm } from '../../../src/scenario/validate.js';

/** What the rules say of a well-formed scenario with these clients. */
function said(clients: object): string[] {
  const { scenario, problems } = checkForm({ name: 'x', clients });
  assert.ok(scenario, JSON.stringify(problems));
  return broken(clientRules, scenario, null).map((problem) => problemLine('x.json', problem));
}

const half = { helpful: 0.5, harmless: 0.5 };

describe('rules of the clients', () => {
  it('state what they hold to, each in words of its own', () => {
    assert.deepEqual(said({}), []);
    assert.equal(new Set(clientRules.map(({ states }) => states)).size, clientRules.length);
  });

  it('weights sum to 1 within 1e-9', () => {
    assert.deepEqual(said({ count: 2, weights: [half, { helpful: 0.7, harmless: 0.3 }] }), []);
    assert.deepEqual(said({ count: 1, weights: [{ helpful: 0.5, harmless: 0.5 + 9e-10 }] }), []);
    assert.deepEqual(said({ count: 2, weights: [half, { helpful: 0.6, harmless: 0.5 }] }), [
      'x.json: /clients/weights/1: is {"helpful":0.6,"harmless":0.5}, expected helpful + harmless to be 1 ' +
        '(it is 1.1); with helpful 0.6, harmless is 0.4',
    ]);
    const [line] = said({ count: 1, weights: [{ helpful: 0.5, harmless: 0.500000002 }] });
    assert.match(line!, /^x\.json: \/clients\/weights\/0: .*\(it is 1\.000000002\)/);
    const named = said({ count: 3, weights: { byClient: { 'client-3': { helpful: 0, harmless: 0 } } } });
    assert.match(
      named[0]!,
      /^x\.json: \/clients\/weights\/byClient\/client-3: .*\(it is 0\); .*harmless is 1$/,
    );
  });

  it('a list has a pair for each client', () => {
    assert.deepEqual(said({ count: 3, weights: [half, half] }), [
      'x.json: /clients/weights: is [{"helpful":0.5,"harmless":0.5},{"helpful":0.5,"harmless":0.…, ' +
        'expected a list of 3 pairs, one for each client (2 given); to set those of some clients only, use byClient',
    ]);
  });

  it('names are those of clients that there are', () => {
    assert.deepEqual(said({ count: 2, weights: { byClient: { 'client-2': half } } }), []);
    assert.deepEqual(said({ count: 2, weights: { byClient: { 'client-3': half } } }), [
      'x.json: /clients/weights/byClient/client-3: is "client-3", expected a client from client-1 to ' +
        'client-2',
    ]);
    const bob = said({ count: 1, weights: { byClient: { bob: null } } });
    assert.deepEqual(bob, ['x.json: /clients/weights/byClient/bob: is "bob", expected client-1']);
  });

  it('concentrations are neither vanishing nor without end', () => {
    assert.deepEqual(said({ weights: { dirichlet: [0.001, 1e6] } }), []);
    const lines = said({ weights: { dirichlet: [1e-9, 1e9] } });
    assert.deepEqual(
      lines.map((line) => /^x\.json: (\S+): .* expected (.*); \[1, 1\]/.exec(line)?.slice(1)),
      [
        ['/clients/weights/dirichlet/0', '0.001 to 1000000'],
        ['/clients/weights/dirichlet/1', '0.001 to 1000000'],
      ],
    );
  });

  it('what the clients want is said once', () => {
    const weightHarmless = [0.1, 0.2];
    const lines = said({ count: 2, weightHarmless, weights: { dirichlet: [1, 1] } });
    assert.deepEqual(lines, [
      'x.json: /clients/weightHarmless: is [0.1,0.2], expected "uniform" where /clients/weights gives ' +
        'the weights of every client; take one of the two out',
    ]);
    assert.equal(said({ count: 2, weightHarmless, weights: [half, half] }).length, 1);
    // Those that have no name there take theirs from the list.
    assert.deepEqual(said({ count: 2, weightHarmless, weights: { byClient: { 'client-1': half } } }), []);
  });
});
