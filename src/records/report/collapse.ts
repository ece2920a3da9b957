import type { Collapse, CollapseKind } from '../rows.js';
import type { Mark } from './charts.js';
import { number, percent } from './format.js';

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
  readonly measured: (value: number) => string;
  readonly limit: (threshold: number) => string;
  readonly advice: string;
}

const wordsOf: Readonly<Record<CollapseKind, Words>> = {
  'kl-runaway': {
    name: 'KL',
    title: 'KL runaway',
    measured: (value) => `the policy is ${number(value)} nats a response from where it began`,
    limit: (threshold) => `limit ${number(threshold)}`,
    advice:
      'Raise alignment.klCoefficient, set alignment.klControl to "adaptive", or lower alignment.learningRate',
  },
  'entropy-collapse': {
    name: 'entropy',
    title: 'Entropy collapse',
    measured: (value) => `the entropy of a token is ${percent(value)} of what it was`,
    limit: (threshold) => `limit ${percent(threshold)}`,
    advice:
      'Lower alignment.learningRate or alignment.ppoEpochs, or raise alignment.klCoefficient, so that the ' +
      'policy goes on trying things',
  },
  'length-hacking': {
    name: 'length',
    title: 'Reward hacking by length',
    measured: (value) => `responses are ${number(value)} times as long as they were, and score higher`,
    limit: (threshold) => `limit ${number(threshold)}`,
    advice:
      'Read the samples: does the length serve anybody? Raise alignment.klCoefficient, lower ' +
      'alignment.maxNewTokens, or balance the lengths of chosen and rejected answers in the pairs',
  },
};

/** One story for each kind that was found, in the order of the rounds. */
export function collapseStories(found: readonly Collapse[]): CollapseStory[] {
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  return kinds
    .map((kind) =>
      storyOf(
        wordsOf[kind],
        found.filter((one) => one.kind === kind),
      ),
    )
    .sort((one, other) => one.since - other.since);
}

/** A mark for each round in which something began. */
export function collapseMarks(found: readonly Collapse[]): Mark[] {
  const stories = collapseStories(found);
  return [...new Set(stories.map(({ since }) => since))].map((round) => {
    const here = stories.filter(({ since }) => since === round);
    return {
      round,
      name: here.map(({ name }) => name).join(', '),
      words: here.map(({ finding }) => finding).join('; '),
    };
  });
}

function storyOf({ name, title, measured, limit, advice }: Words, found: readonly Collapse[]): CollapseStory {
  const mean = found.find(({ client }) => client === null);
  const clients = found.filter(({ client }) => client !== null);
  const told = mean ?? clients[0]!;
  const others = clients.length - 1;
  const alone = others === 0 ? String(told.client) : `${told.client} and ${others} more`;
  const who = mean ? `mean over the clients; ${clients.length} of them by themselves` : alone;
  const { since, round, value, threshold } = told;
  const what = `${title} since round ${since}: ${measured(value)} in round ${round}`;
  return {
    since,
    name,
    finding: `${what}, ${limit(threshold)} (${who})`,
    advice,
  };
}
