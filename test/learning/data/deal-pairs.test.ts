import assert from 'node:assert/strict';
import fc from 'fast-check';
import { objectives } from '../../../src/learning/objective.js';
import { UserError } from '../../../src/errors.js';
import { conversationOf, dealPairs, splitByConversation } from '../../../src/learning/data/deal-pairs.js';
import { embeddedData } from '../../../src/learning/data/embedded/federated.js';
import type { PreferencePair } from '../../../src/learning/data/types.js';
import { scenarioWith } from './scenario.js';

const pair = (instruction: string, chosen: string): PreferencePair => ({
  instruction,
  input: '',
  chosen,
  rejected: 'no',
  topic: 'benign',
  family: 'helpful',
});

/** So many pairs, on conversations that the numbers name. */
const pairsOf = (conversations: readonly number[]) =>
  conversations.map((conversation, row) => pair(`ask ${conversation}`, `answer ${row}`));

const prompts = (pairs: readonly PreferencePair[]) => new Set(pairs.map(conversationOf));

const uses = ['train', 'validation', 'test'] as const;

/** No conversation is in two uses. */
function assertApart(pairsFor: (use: (typeof uses)[number]) => readonly PreferencePair[]): void {
  const each = uses.map((use) => prompts(pairsFor(use)));
  assert.ok(each.every(({ size }) => size > 0));
  assert.equal(
    new Set(each.flatMap((asked) => [...asked])).size,
    each.reduce((sum, { size }) => sum + size, 0),
  );
}

describe('pairs of preferences', () => {
  it('are of one conversation where their dialogues begin with one request', () => {
    const opening = conversationOf(pair('Hi?', 'a'));
    assert.equal(conversationOf(pair('Hi?\n\nAssistant: Yes.\n\nHuman: Why?', 'b')), opening);
    assert.notEqual(conversationOf(pair('Hi? Why?', 'b')), opening);
  });

  it('are split so that no conversation is on both sides, of either objective, and none is lost', () => {
    const conversations = fc.array(fc.nat(12), { minLength: 6, maxLength: 60 });
    fc.assert(
      fc.property(conversations, conversations, fc.nat(9), fc.nat(), (one, other, wanted, seed) => {
        const all = { helpful: pairsOf(one), harmless: pairsOf(other) };
        const split = splitByConversation(all, () => wanted, seed);
        const trained = prompts(objectives.flatMap((name) => split[name].train));
        const heldOut = prompts(objectives.flatMap((name) => split[name].test));
        for (const prompt of heldOut) assert.ok(!trained.has(prompt));
        for (const name of objectives) {
          const { train, test } = split[name];
          assert.ok(test.length >= Math.min(wanted, all[name].length));
          assert.deepEqual(new Set([...train, ...test]), new Set(all[name]));
        }
      }),
    );
  });

  it('are dealt to clients without overlap, with repeated prompts in one use', () => {
    const repeated = pairsOf(Array.from({ length: 120 }, (_, row) => Math.floor(row / 3)));
    const scenario = scenarioWith({ pairsPerClient: 12 }, 4);
    const dealt = dealPairs(scenario, { helpful: repeated, harmless: pairsOf([...Array(60).keys()]) }, 1);
    for (const name of objectives) {
      assert.deepEqual(
        dealt[name].map(({ train, validation, test }) => [train.length, validation.length, test.length]),
        Array.from({ length: 4 }, () => [8, 2, 2]),
      );
      assert.equal(new Set(dealt[name].flatMap((own) => uses.flatMap((use) => own[use]))).size, 48);
    }
    assertApart((use) => objectives.flatMap((name) => dealt[name].flatMap((own) => own[use])));
  });

  it('are too few where two conversations would have to be three', () => {
    const two = pairsOf(Array.from({ length: 60 }, (_, row) => row % 2));
    assert.throws(
      () => dealPairs(scenarioWith({}, 4), { helpful: two, harmless: two }, 1),
      (error) => error instanceof UserError && /has 0 usable pairs of other/.test(error.message),
    );
  });

  it('are too few where all are of one conversation', () => {
    const same = pairsOf(Array.from({ length: 60 }, () => 1));
    assert.throws(
      () => dealPairs(scenarioWith({}, 4), { helpful: same, harmless: same }, 1),
      (error) =>
        error instanceof UserError && /has 0 usable pairs of other conversations/.test(error.message),
    );
  });

  it('of the embedded corpus train, validate and test with prompts of their own, of any client, whatever the seed', () => {
    for (const seed of [1, 2, 3]) {
      const { clients } = embeddedData(scenarioWith({}, 6), seed);
      assertApart((use) => clients.flatMap(({ pairs }) => objectives.flatMap((name) => pairs[name][use])));
    }
  });
});
