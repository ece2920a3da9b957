import { stages, type Stage } from '../../machines/protocol.js';
import { UserError } from '../errors.js';

/** What is asked of the story of a run; null asks for nothing in particular. */
export interface TraceQuery {
  /** Id of a client, or "server". */
  readonly client: string | null;
  readonly step: string | null;
  readonly round: number | null;
  readonly stage: Stage | null;
  /** Virtual seconds, both included. */
  readonly from: number | null;
  readonly to: number | null;
  /** Words that stand in the text, whatever their case. */
  readonly words: readonly string[];
}

const everything: TraceQuery = {
  client: null,
  step: null,
  round: null,
  stage: null,
  from: null,
  to: null,
  words: [],
};

type Key = Exclude<keyof TraceQuery, 'words'>;

/** What goes behind each key. */
interface Form<K extends Key> {
  readonly expected: string;
  /** Null where the text is not of this form. */
  readonly read: (text: string) => TraceQuery[K];
}

const whole = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : null);
const seconds = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : null);

const forms: { readonly [K in Key]: Form<K> } = {
  client: {
    expected: 'the number of a client, its id or "server"',
    read: (text) =>
      /^\d+$/.test(text) ? `client-${text}` : /^(client-\d+|server)$/.test(text) ? text : null,
  },
  step: {
    expected: 'a step of the paper, "1.1" to "3.5"',
    read: (text) => (/^[123]\.[1-5]$/.test(text) ? text : null),
  },
  round: { expected: 'a whole number', read: whole },
  stage: {
    expected: `one of ${stages.map((stage) => `"${stage}"`).join(', ')}`,
    read: (text) => stages.find((stage) => stage === text) ?? null,
  },
  from: { expected: 'virtual seconds', read: seconds },
  to: { expected: 'virtual seconds', read: seconds },
};

export const traceKeys = Object.keys(forms) as readonly Key[];

/**
 * Reads a query: `client:3 step:3.3 round:2 stage:alignment from:10 to:20.5` and words, in any order, between
 * blanks. Throws a UserError for a key that there is none of, or that stands twice, and for a value that is none.
 */
export function parseTraceQuery(text: string): TraceQuery {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .reduce(withWord, everything);
}

function withWord(query: TraceQuery, word: string): TraceQuery {
  const [, key, value] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  if (key === undefined) return { ...query, words: [...query.words, word.toLowerCase()] };
  if (!isKey(key))
    throw refusal(word, `has no key that is known`, `one of ${traceKeys.join(', ')}, or a word`);
  if (query[key] !== null) throw refusal(word, `is the second "${key}"`, 'one of them');
  const read = forms[key].read(value!);
  if (read === null) throw refusal(word, `is ${JSON.stringify(value)}`, forms[key].expected);
  return { ...query, [key]: read };
}

const isKey = (key: string): key is Key => Object.hasOwn(forms, key);

function refusal(word: string, is: string, expected: string): UserError {
  return new UserError(`${word}: ${is}, expected ${expected}`);
}
