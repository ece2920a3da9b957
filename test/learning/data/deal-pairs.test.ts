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

  it('are dealt to clients without overlap, with repeated prompts on one side of the split', () => {
    const repeated = pairsOf(Array.from({ length: 120 }, (_, row) => Math.floor(row / 3)));
    const scenario = scenarioWith({ pairsPerClient: 12 }, 4);
    const dealt = dealPairs(scenario, { helpful: repeated, harmless: pairsOf([...Array(60).keys()]) }, 1);
    for (const name of objectives) {
      const [train, test] = [dealt[name].flatMap((own) => own.train), dealt[name].flatMap((own) => own.test)];
      assert.deepEqual(
        dealt[name].map((own) => [own.train.length, own.test.length]),
        Array.from({ length: 4 }, () => [8, 4]),
      );
      assert.equal(new Set([...train, ...test]).size, 48);
      for (const prompt of prompts(test)) assert.ok(!prompts(train).has(prompt));
    }
  });

  it('are too few where all are of one conversation', () => {
    const same = pairsOf(Array.from({ length: 60 }, () => 1));
    assert.throws(
      () => dealPairs(scenarioWith({}, 4), { helpful: same, harmless: same }, 1),
      (error) =>
        error instanceof UserError && /has 0 usable pairs of other conversations/.test(error.message),
    );
  });

  it('of the embedded corpus hold out no prompt that any client trains on, whatever the seed', () => {
    for (const seed of [1, 2, 3]) {
      const { clients } = embeddedData(scenarioWith({}, 6), seed);
      const all = (use: 'train' | 'test') =>
        prompts(clients.flatMap(({ pairs }) => objectives.flatMap((name) => pairs[name][use])));
      const trained = all('train');
      for (const prompt of all('test')) assert.ok(!trained.has(prompt), `seed ${seed}`);
    }
  });
});
