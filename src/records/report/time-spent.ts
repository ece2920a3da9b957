import { groupedBy } from '../../grouped.js';
import { sum } from '../../moments.js';
import type { MissingUpdates, TimeSpent } from '../summary.js';
import { duration } from './format.js';

type Figures = Omit<TimeSpent, 'sentence'>;

/**
 * "Of 4 min 11 s of virtual time 4 min 00 s went into waiting until the deadline for 2 lost uploads (client-3 in
 * rounds 1 and 2), 8 s into training, 3 s into messages on the air." The most comes first.
 */
export function timeSpentSentence(spent: Figures): string {
  const parts = words
    .map(({ figure, text }) => ({ seconds: spent[figure], text: text(spent) }))
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds);
  const all = duration(sum(parts.map(({ seconds }) => seconds)));
  if (parts.length === 0) return 'No virtual time passed.';
  const shares = parts.map(({ seconds, text }, index) => {
    return `${duration(seconds)} ${index === 0 ? 'went ' : ''}into ${text}`;
  });
  return `Of ${all} of virtual time ${shares.join(', ')}.`;
}

interface Words {
  readonly figure: Exclude<keyof Figures, 'missing'>;
  readonly text: (spent: Figures) => string;
}

const words: readonly Words[] = [
  { figure: 'trainingSeconds', text: () => 'training' },
  { figure: 'onAirSeconds', text: () => 'messages on the air' },
  { figure: 'linkSeconds', text: () => 'waiting for a link' },
  { figure: 'blackoutSeconds', text: () => 'scripted blackouts' },
  { figure: 'offSeconds', text: () => 'waiting for a client that was off' },
  { figure: 'deadlineSeconds', text: ({ missing }) => `waiting until the deadline${forWhom(missing)}` },
  { figure: 'othersSeconds', text: () => 'waiting for others' },
  { figure: 'restSeconds', text: () => 'what followed the last round that was closed' },
];

/** How a missing update is called, one and several. */
const missingWords = {
  'lost-upload': ['lost upload', 'lost uploads'],
  'lost-download': ['lost download', 'lost downloads'],
  blackout: ['message in a blackout', 'messages in a blackout'],
  'upload-under-way': ['upload under way', 'uploads under way'],
  'download-under-way': ['download under way', 'downloads under way'],
  training: ['update in training', 'updates in training'],
  off: ['update of a client that was off', 'updates of clients that were off'],
  silent: ['update that never came', 'updates that never came'],
} as const satisfies Record<MissingUpdates['why'], readonly [string, string]>;

function forWhom(missing: readonly MissingUpdates[]): string {
  const groups = [...groupedBy(missing, ({ why }) => why)].map(([why, some]) => {
    const count = sum(some.map(({ rounds }) => rounds.length));
    return `${count} ${missingWords[why][count === 1 ? 0 : 1]} (${who(some)})`;
  });
  return groups.length === 0 ? '' : ` for ${listed(groups)}`;
}

/** A reader takes in so many clients, or rounds; the others are a number. */
const mostNamed = 3;

/** "client-3 in rounds 1 and 2 of reward, client-1 in 12 rounds, 2 more clients"; who missed most comes first. */
function who(missing: readonly MissingUpdates[]): string {
  const byClient = [...groupedBy(missing, ({ client }) => client)]
    .map(([client, some]) => ({ client, some, rounds: sum(some.map(({ rounds }) => rounds.length)) }))
    .sort((a, b) => b.rounds - a.rounds);
  const named = byClient
    .slice(0, mostNamed)
    .map(
      ({ client, some, rounds }) => `${client} in ${rounds > mostNamed ? `${rounds} rounds` : when(some)}`,
    );
  const rest = byClient.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'client' : 'clients'}`] : [])].join(', ');
}

function when(some: readonly MissingUpdates[]): string {
  const inStages = some.map(({ stage, rounds }) => {
    return `${rounds.length === 1 ? 'round' : 'rounds'} ${listed(rounds.map(String))} of ${stage}`;
  });
  return listed(inStages);
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
