import type { Collapse, CollapseKind } from '../summary.js';
import type { Mark } from './charts.js';
import { number, percent } from './format.js';
import { groupedBy } from '../../grouped.js';

/** One kind of collapse in words, whoever it befell. */
export interface CollapseStory {
  /** First round beyond the limit: of the mean over the clients, or else of the client it befell first. */
  readonly since: number;
  /** For a chart. */
  readonly name: string;
  /** What was found, as a sentence without its stop. */
  readonly finding: string;
  /** What to try, as a sentence without its stop. */
  readonly advice: string;
}

interface Words {
  readonly name: string;
  readonly title: string;
  readonly format: (value: number) => string;
  /** What was found, with the value as `format` writes it. */
  readonly measured: (value: string) => string;
  readonly advice: string;
}

const wordsOf: Readonly<Record<CollapseKind, Words>> = {
  'kl-runaway': {
    name: 'KL',
    title: 'KL runaway',
    format: number,
    measured: (value) => `the policy is ${value} nats per response from where it began`,
    advice:
      'Raise alignment.klCoefficient, set alignment.klControl to "adaptive", or lower alignment.learningRate',
  },
  'entropy-collapse': {
    name: 'entropy',
    title: 'Entropy collapse',
    format: percent,
    measured: (value) => `the entropy of a token is ${value} of what it was`,
    advice:
      'Lower alignment.learningRate or alignment.ppoEpochs, or raise alignment.klCoefficient, so that the ' +
      'policy goes on trying things',
  },
  'length-hacking': {
    name: 'length',
    title: 'Reward hacking by length',
    format: number,
    measured: (value) => `responses are ${value} times as long as they were, and score higher`,
    advice:
      'Read the samples: does the length serve anybody? Raise alignment.klCoefficient, lower ' +
      'alignment.maxNewTokens, or balance the lengths of chosen and rejected answers in the pairs',
  },
  'phrase-hacking': {
    name: 'phrase',
    title: 'Reward hacking by a stock phrase',
    format: percent,
    measured: (value) => `one phrase, said whatever is asked, makes up ${value} of the gain in reward`,
    advice:
      'Read the samples: does the phrase serve anybody? Look for it in the chosen answers of the pairs, ' +
      'and balance it there, or raise alignment.klCoefficient',
  },
};

/** One story for each kind that was found, in the order of the rounds. */
export function collapseStories(found: readonly Collapse[]): CollapseStory[] {
  return [...groupedBy(found, ({ kind }) => kind)]
    .map(([kind, ofKind]) => storyOf(wordsOf[kind], ofKind))
    .sort((one, other) => one.since - other.since);
}

/** A mark for each round in which something began. */
export function collapseMarks(found: readonly Collapse[]): Mark[] {
  const stories = collapseStories(found);
  return [...groupedBy(stories, ({ since }) => since)].map(([round, here]) => ({
    round,
    name: here.map(({ name }) => name).join(', '),
    words: here.map(({ finding }) => finding).join('; '),
  }));
}

function storyOf(
  { name, title, format, measured, advice }: Words,
  found: readonly Collapse[],
): CollapseStory {
  const mean = found.find(({ client }) => client === null);
  const clients = found.filter(({ client }) => client !== null);
  const told = mean ?? clients[0]!;
  const others = clients.length - 1;
  const alone = others === 0 ? String(told.client) : `${told.client} and ${others} more`;
  const who = mean ? `mean over the clients; ${clients.length} of them by themselves` : alone;
  const { since, round, value, threshold } = told;
  const what = `${title} since round ${since}: ${measured(format(value))} in round ${round}`;
  return { since, name, finding: `${what}, limit ${format(threshold)} (${who})`, advice };
}
