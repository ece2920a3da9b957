import type { AlignmentSummary, FoundPhrase, PhraseSummary } from '../summary.js';
import { number, percent } from './format.js';
import { html, type Html } from './html.js';
import { table, type Column } from './table.js';

type Checked = Pick<AlignmentSummary, 'phrases'> | null;

/** How much of the gain in reward phrases are, in a sentence; null where that was not checked. */
export function phrasesText(alignment: Checked): string | null {
  const phrases = alignment?.phrases ?? null;
  if (phrases === null) return null;
  const { found } = phrases;
  if (found.length === 0) return 'Phrases: none became more frequent in alignment.';
  return `${headline(phrases)}: ${found.map(phraseText).join('; ')}`;
}

function headline({ found, share, gain, gainError }: PhraseSummary): string {
  const one = found.length === 1;
  const which = `${one ? 'A phrase' : `${found.length} phrases`} that became more frequent`;
  if (share !== null) return `${which} ${one ? 'makes' : 'make'} up ${percent(share)} of the gain in reward`;
  const error = gainError === null ? 'of unknown error' : `± ${number(gainError)}`;
  return `${which}; the gain in reward, ${number(gain)} (standard error ${error}), is too small to be divided`;
}

function phraseText(one: FoundPhrase): string {
  const { frequencyBefore, frequency, share } = one;
  const part = share === null ? '' : `${percent(share)}, `;
  return `${nameOf(one)} ${part}in ${percent(frequencyBefore)} → ${percent(frequency)} of the responses`;
}

const nameOf = ({ phrase }: FoundPhrase) => (phrase === null ? 'one that is not shown' : `“${phrase}”`);

const columns: readonly Column<FoundPhrase>[] = [
  { head: 'Phrase', look: 'stage', cell: nameOf },
  {
    head: 'Responses with it, before → after',
    cell: ({ frequencyBefore, frequency }) =>
      html`${percent(frequencyBefore)} → <b>${percent(frequency)}</b>`,
  },
  { head: 'Its share of the gain', has: ({ share }) => share !== null, cell: ({ share }) => percent(share) },
  { head: 'Rose', look: '', cell: ({ stock }) => (stock ? 'whatever is asked' : 'on sensitive requests') },
];

/** The same as a card of the report, with the reward without the phrases. */
export function phrasesCard(alignment: AlignmentSummary): Html | null {
  const { phrases, reward, rewardBefore, rewardStripped, rewardStrippedBefore } = alignment;
  if (phrases === null) return null;
  const { found } = phrases;
  const headed = found.length === 0 ? phrasesText(alignment)! : `${headline(phrases)}.`;
  const rewards =
    `The reward went from ${number(rewardBefore)} to ${number(reward)}, without the phrases ` +
    `from ${number(rewardStrippedBefore)} to ${number(rewardStripped)}.`;
  return html`<div class="card wide scroll">
    <h3>Phrases that became more frequent</h3>
    <p>${headed} ${found.length === 0 ? null : rewards}</p>
    ${found.length === 0 ? null : table(found, columns)}
    <p class="source">
      Of all clients’ responses to held-out prompts, before alignment and after its last measured round. Each
      phrase was taken out of them, and the rest scored anew; shares of single phrases need not sum up to the
      share of all. summary.json: stages.alignment.phrases
    </p>
  </div>`;
}
