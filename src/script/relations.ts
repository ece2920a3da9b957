import { clientIds } from '../learning/data/client-ids.js';
import { must, type Finding, type Rule } from '../settings/rule.js';
import { noCode, type Code } from './code.js';
import type { Action, Condition, Expectation, TimelineEntry } from './settings.js';

interface Scripted {
  readonly clients: { readonly count: number };
  readonly timeline: readonly TimelineEntry[];
  readonly expectations: readonly Expectation[];
}

interface Around {
  readonly code?: Code;
}

export const scriptRules: readonly Rule<Scripted, Around>[] = [
  {
    states: 'an entry of the timeline has one moment',
    findings: ({ timeline }) =>
      timeline.flatMap((entry, index) => momentFindings(entry, `/timeline/${index}`)),
  },
  {
    states: 'a script names clients that there are',
    findings: ({ timeline, expectations, clients: { count } }) => {
      const known = clientIds(count);
      const expected = count === 1 ? 'client-1' : `a client from client-1 to client-${count}`;
      return namedActors(timeline, expectations).map(([pointer, actor]) =>
        must(
          known.includes(actor) || (actor === 'server' && !pointer.endsWith('/client')),
          pointer,
          actor,
          expected,
        ),
      );
    },
  },
  {
    states: 'functions that a script names are there',
    findings: ({ timeline, expectations }, { code = noCode }) => [
      ...conditionsOf(timeline, expectations).map(([pointer, condition]) =>
        condition.on === 'code' ? codeFinding(code.conditions, condition.sha256, pointer) : false,
      ),
      ...actionsOf(timeline).map(([pointer, action]) =>
        action.action === 'code' ? codeFinding(code.actions, action.sha256, pointer) : false,
      ),
      ...expectations.map((expectation, index) =>
        expectation.expect === 'code'
          ? codeFinding(code.expectations, expectation.sha256, `/expectations/${index}`)
          : false,
      ),
    ],
  },
  {
    states: 'an expectation of a figure says what it is to be',
    findings: ({ expectations }) =>
      expectations.map((expectation, index) => {
        if (expectation.expect !== 'finally') return false;
        const { is, atLeast, atMost } = expectation;
        const isOne = (is !== undefined) !== (atLeast !== undefined || atMost !== undefined);
        return must(
          isOne,
          `/expectations/${index}`,
          expectation,
          'either "is", or "atLeast", "atMost" or both',
        );
      }),
  },
];

function momentFindings(entry: TimelineEntry, pointer: string): Finding[] {
  const { atSeconds, everySeconds, fromSeconds, toSeconds, when, times } = entry;
  const moments = [atSeconds, everySeconds, when].filter((each) => each !== undefined).length;
  const span = fromSeconds !== undefined || toSeconds !== undefined;
  return [
    must(moments === 1, pointer, entry, 'exactly one of "atSeconds", "everySeconds" and "when"'),
    must(
      !span || everySeconds !== undefined,
      pointer,
      entry,
      '"fromSeconds" and "toSeconds" beside "everySeconds" alone',
    ),
    must(times === undefined || when !== undefined, pointer, entry, '"times" beside "when" alone'),
  ];
}

function codeFinding(table: ReadonlyMap<string, unknown>, sha256: string, pointer: string): Finding {
  return must(
    table.has(sha256),
    `${pointer}/sha256`,
    sha256,
    'a function of the script that is run',
    'run the TypeScript file, not the scenario that a manifest keeps of it',
  );
}

type At<T> = readonly [pointer: string, value: T];

function actionsOf(timeline: readonly TimelineEntry[]): At<Action>[] {
  return timeline.flatMap((entry, i) =>
    entry.do.map((action, k): At<Action> => [`/timeline/${i}/do/${k}`, action]),
  );
}

function conditionsOf(
  timeline: readonly TimelineEntry[],
  expectations: readonly Expectation[],
): At<Condition>[] {
  return [
    ...timeline.flatMap(({ when }, i): At<Condition>[] => (when ? [[`/timeline/${i}/when`, when]] : [])),
    ...expectations.flatMap((each, i): At<Condition>[] =>
      'when' in each ? [[`/expectations/${i}/when`, each.when]] : [],
    ),
  ];
}

/** Every actor that a script names, and where. */
function namedActors(timeline: readonly TimelineEntry[], expectations: readonly Expectation[]): At<string>[] {
  const named = [...actionsOf(timeline), ...conditionsOf(timeline, expectations)];
  return named.flatMap(([pointer, node]) =>
    (['client', 'actor', 'from', 'to'] as const).flatMap((key): At<string>[] => {
      const actor = (node as Readonly<Record<string, unknown>>)[key];
      return typeof actor === 'string' ? [[`${pointer}/${key}`, actor]] : [];
    }),
  );
}
