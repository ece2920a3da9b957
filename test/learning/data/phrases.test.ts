import assert from 'node:assert/strict';
import { risenPhrases, saysPhrase, withoutPhrase, type Said } from '../../../src/learning/data/phrases.js';

const said = (texts: readonly string[], sensitive = false): Said[] =>
  texts.map((text) => ({ text, sensitive }));

const wordsOf = (before: readonly Said[], after: readonly Said[], most?: number) =>
  risenPhrases(before, after, most).map(({ words }) => words.join(' '));

/** Answers of which no two have a word in common. */
const different = (count: number, ending = '') =>
  Array.from({ length: count }, (_, i) => `one${i} two${i}.${ending}`);

describe('phrases that became more frequent', () => {
  it('are the longest words in a row that rose together, the most frequent first', () => {
    // Of 20: "Want more?" from 1 to 12, then "Take care." from 0 to 8.
    const before = said([...different(19), 'one two. Want more?']);
    const after = said([
      ...different(8),
      ...different(4, ' Want more? Take care.'),
      ...different(8, ' Want more?'),
    ]);
    const last = said([
      ...after.slice(0, 4).map(({ text }) => `${text} Take care.`),
      ...after.slice(4).map(({ text }) => text),
    ]);
    assert.deepEqual(wordsOf(before, last), ['Want more?', 'Take care.']);
    assert.deepEqual(wordsOf(before, last, 1), ['Want more?']);
  });

  it('leave out words beside them that were there before', () => {
    const before = said(Array.from({ length: 20 }, () => 'Well: yes.'));
    const after = said(Array.from({ length: 20 }, () => 'Well: yes. Want more? yes.'));
    assert.deepEqual(wordsOf(before, after), ['Want more?']);
    // A word within a phrase may have been there.
    const inner = said(Array.from({ length: 20 }, () => 'Well: yes. Want yes. more?'));
    assert.deepEqual(wordsOf(before, inner), ['Want yes. more?']);
  });

  it('are none where nothing rose, fell only, or rose by less than chance gives', () => {
    assert.deepEqual(wordsOf(said(different(40)), said(different(40))), []);
    assert.deepEqual(wordsOf(said(different(40, ' Bye.')), said(different(40))), []);
    // 0 of 40 to 8 of 40: pooled share 0.1, standard error sqrt(0.1 * 0.9 / 20) = 0.0671, 2.98 of them.
    const eight = said([...different(32), ...different(8, ' Bye.')]);
    assert.deepEqual(wordsOf(said(different(40)), eight), []);
    // 9 of 40: 0.225 by sqrt(0.1125 * 0.8875 / 20) = 0.0707, 3.18 of them.
    const nine = said([...different(31), ...different(9, ' Bye.')]);
    assert.deepEqual(wordsOf(said(different(40)), nine), ['Bye.']);
    assert.deepEqual(wordsOf([], nine), []);
  });

  it('are not the rare ones, however sure: one response in twenty is the least', () => {
    // 0.04 of 1000 is 6.4 standard errors.
    const rare = said([...different(960), ...different(40, ' Bye.')]);
    assert.deepEqual(wordsOf(said(different(1000)), rare), []);
  });

  it('longer than five words come in pieces', () => {
    const after = said(different(20, ' a b c d e f'));
    assert.deepEqual(wordsOf(said(different(20)), after).toSorted(), ['a b c d e', 'f'].toSorted());
  });

  it('are stock phrases unless they rose on sensitive requests alone', () => {
    const both = (benign: readonly string[], sensitive: readonly string[]) => [
      ...said(benign),
      ...said(sensitive, true),
    ];
    const before = both(different(20), different(20));
    const stockOf = (after: readonly Said[]) => risenPhrases(before, after).map(({ stock }) => stock);
    assert.deepEqual(stockOf(both(different(20), different(20, ' I refuse.'))), [false]);
    assert.deepEqual(stockOf(both(different(20, ' I refuse.'), different(20, ' I refuse.'))), [true]);
    assert.deepEqual(stockOf(both(different(20, ' Bye.'), different(20))), [true]);
    // Without any other prompts there is nothing to tell them by.
    const alone = risenPhrases(said(different(20), true), said(different(20, ' No.'), true));
    assert.deepEqual(
      alone.map(({ stock }) => stock),
      [true],
    );
  });
});

describe('a text without a phrase', () => {
  const without = (text: string, phrase: string) => withoutPhrase(text, phrase.split(' '));

  it('has lost all its occurrences and the space before them, and nothing else', () => {
    assert.equal(without(' bread  and wine. Want more?', 'Want more?'), ' bread  and wine.');
    assert.equal(without('Want more? Yes. Want more? No.\n', 'Want more?'), 'Yes. No.\n');
    assert.equal(without('  Want more? Want\nmore? ok', 'Want more?'), '  ok');
    assert.equal(without('Want more', 'Want more?'), 'Want more');
    assert.equal(without(' Want more? ', 'Want more?'), '');
    assert.equal(without('', 'Want'), '');
  });

  it('is told from others by whole words', () => {
    assert.ok(saysPhrase('I Want\n more? no', ['Want', 'more?']));
    assert.ok(!saysPhrase('I Want some more?', ['Want', 'more?']));
    assert.ok(!saysPhrase('Wants more?', ['Want', 'more?']));
  });
});
