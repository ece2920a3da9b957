import assert from 'node:assert/strict';
import { collapses } from '../../src/records/collapse.js';
import { phraseFigures } from '../../src/records/phrases.js';
import { phrasesText } from '../../src/records/report/phrases.js';
import type { PhraseOfClient, PhrasesRow } from '../../src/records/rows.js';

const limits = { klNats: 25, entropyShare: 0.1, lengthFactor: 1.75, phraseShare: 0.25 };

const phrase = (words: string | null, rest: Partial<PhraseOfClient> = {}): PhraseOfClient => ({
  phrase: words,
  stock: true,
  frequencyBefore: 0,
  frequency: 0.5,
  rewardStrippedBefore: 0,
  rewardStripped: 0,
  ...rest,
});

const row = (client: number, rest: Partial<PhrasesRow> = {}): PhrasesRow => ({
  type: 'phrases',
  firstRound: 0,
  round: 4,
  actor: `client-${client}`,
  virtualSeconds: 9,
  prompts: 20,
  rewardBefore: 0,
  reward: 1,
  gainError: 0.1,
  rewardStrippedBefore: 0,
  rewardStripped: 1,
  phrases: [],
  ...rest,
});

describe('the share of a gain that phrases explain', () => {
  // Client 1 goes from 0 to 2, and to 0.5 without both phrases; client 2 from 1 to 2, and to 1.5 from 1.
  const two = [
    row(1, {
      reward: 2,
      gainError: 0.3,
      rewardStripped: 0.5,
      phrases: [
        phrase('Bye.', { frequency: 0.75, rewardStripped: 1.7 }),
        phrase('Want more?', { frequency: 1, rewardStripped: 0.8 }),
      ],
    }),
    row(2, {
      rewardBefore: 1,
      reward: 2,
      gainError: 0.4,
      rewardStrippedBefore: 1,
      rewardStripped: 1.5,
      phrases: [
        phrase('Bye.', { frequency: 0.25, rewardStrippedBefore: 1, rewardStripped: 2 }),
        phrase('Want more?', { frequencyBefore: 0.5, rewardStrippedBefore: 0.9, rewardStripped: 1.4 }),
      ],
    }),
  ];

  it('is of the mean over the clients, of all phrases and of each, most of it first', () => {
    const { rewardStripped, rewardStrippedBefore, phrases } = phraseFigures(two);
    assert.deepEqual([rewardStrippedBefore, rewardStripped], [0.5, 1]);
    assert.equal(phrases!.gain, 1.5);
    // sqrt(0.09 + 0.16) / 2.
    assert.ok(Math.abs(phrases!.gainError! - 0.25) < 1e-12);
    // The gain is 0.5 without both; 1.35 without the one, (0.8 + 0.5) / 2 without the other.
    assert.ok(Math.abs(phrases!.share! - 2 / 3) < 1e-12);
    const found = phrases!.found.map(({ share, ...rest }) => ({ ...rest, share: share!.toFixed(3) }));
    assert.deepEqual(found, [
      { phrase: 'Want more?', stock: true, frequencyBefore: 0.25, frequency: 0.75, share: '0.567' },
      { phrase: 'Bye.', stock: true, frequencyBefore: 0, frequency: 0.5, share: '0.100' },
    ]);
  });

  it('is nothing where the gain is within three of its standard errors, or has none', () => {
    for (const gainError of [1 / 3 + 1e-9, null]) {
      const { phrases } = phraseFigures([row(1, { gainError, phrases: [phrase('Bye.')] })]);
      assert.deepEqual([phrases!.share, phrases!.found[0]!.share], [null, null]);
    }
    const { phrases } = phraseFigures([row(1, { gainError: 1 / 3 - 1e-9, phrases: [phrase('Bye.')] })]);
    assert.equal(phrases!.found[0]!.share, 1);
  });

  it('is not known where nobody was checked', () => {
    assert.deepEqual(phraseFigures([]), { rewardStrippedBefore: null, rewardStripped: null, phrases: null });
  });

  it('is told in a sentence, without the words where they are not to be shown', () => {
    const told = (rows: PhrasesRow[]) => phrasesText({ phrases: phraseFigures(rows).phrases });
    assert.equal(
      told(two),
      '2 phrases that became more frequent make up 66.7 % of the gain in reward: “Want more?” 56.7 %, in ' +
        '25.0 % → 75.0 % of the responses; “Bye.” 10.0 %, in 0.0 % → 50.0 % of the responses',
    );
    assert.match(
      told([row(1, { rewardStripped: 0.5, phrases: [phrase(null)] })])!,
      /: one that is not shown 100/,
    );
    assert.match(
      told([row(1, { gainError: 1, phrases: [phrase('Bye.')] })])!,
      /1 \(standard error ± 1\), is too small/,
    );
    assert.match(told([row(1)])!, /none became more frequent/);
    assert.equal(told([]), null);
  });

  it('is a collapse above the limit, of the mean or of a client, where the phrase is said whatever is asked', () => {
    const of = (share: number, rest: Partial<PhraseOfClient> = {}) =>
      phrase('Bye.', { rewardStripped: 1 - share, ...rest });
    const kinds = (...shares: readonly PhraseOfClient[]) =>
      collapses(
        shares.map((one, index) => row(index + 1, { phrases: [one] })),
        limits,
      ).map(({ kind, client, since, round, value }) => [kind, client, since, round, value]);
    assert.deepEqual(kinds(of(0.5), of(0.25)), [
      ['phrase-hacking', null, 4, 4, 0.375],
      ['phrase-hacking', 'client-1', 4, 4, 0.5],
    ]);
    assert.deepEqual(kinds(of(0.25), of(0.25)), []);
    assert.deepEqual(kinds(of(1, { stock: false }), of(1, { stock: false })), []);
  });
});
