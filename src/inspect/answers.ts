import { UserError } from '../errors.js';
import type { MessageRow } from '../records/rows.js';
import { matchesTrace, traceLine } from '../records/trace.js';
import { parseTraceQuery } from '../records/trace-query.js';
import type { EventFilter } from './event-index.js';
import { faultsAbout } from './faults-about.js';
import { clientLines, figuresOf } from './figures.js';
import type { RunView } from './run-view.js';
import { timelineOf } from './timeline.js';
import { storyOf } from './story.js';
import { statesOfStep } from './step-states.js';

/** The most rows that one answer holds. */
export const mostRows = 500;
/** The widest picture that one answer is made for. */
export const mostPixels = 2000;

type Query = URLSearchParams;

/**
 * What the page may ask of a run, by name: pure functions of the run and a query, one of them answering later. They throw a UserError where
 * the query is not understood.
 */
export const answers = {
  run: (view: RunView) => ({
    scenario: view.manifest.scenario.name,
    description: view.manifest.scenario.description,
    method: view.manifest.scenario.method,
    seed: view.manifest.seed,
    learning: view.manifest.scenario.learning,
    discipline: view.manifest.scenario.server.discipline,
    backend: view.manifest.backend.name,
    notes: view.manifest.notes,
    clients: view.manifest.clients.map(({ id }) => id),
    actors: view.events.actors.map(({ actor, machine }) => ({ actor, machine })),
    ...progressOf(view),
  }),
  progress: progressOf,
  state: (view: RunView, query: Query) => {
    const at = wholeNumber(query, 'at', view.events.count - 1);
    if (at < -1) throw new UserError(`/at: is ${at}, expected -1 for before the first event, or an event`);
    const actor = query.get('actor');
    return {
      at,
      virtualSeconds: view.events.secondsAt(at),
      event: at < 0 ? null : view.events.event(at),
      states: view.events.statesAt(at),
      counts: actor === null ? null : view.events.countsAt(actor, at),
    };
  },
  place: (view: RunView, query: Query) => ({ at: view.events.placeAt(number(query, 'seconds', 0)) }),
  /** The next or the previous event that a filter is about; -1 where there is none. */
  seek: (view: RunView, query: Query) => {
    const step = query.get('back') === '1' ? -1 : 1;
    const [at = -1] = view.events.find(filterOf(query), wholeNumber(query, 'from', 0), step, 1);
    return { at };
  },
  events: (view: RunView, query: Query) => {
    const places = view.events.find(
      filterOf(query),
      wholeNumber(query, 'from', 0),
      query.get('back') === '1' ? -1 : 1,
      limitOf(query),
    );
    return { events: places.map((place) => view.events.event(place)) };
  },
  messages: (view: RunView, query: Query) => {
    const [from, to] = [number(query, 'from', 0), number(query, 'to', Infinity)];
    const client = query.get('client');
    const isWanted = (row: MessageRow) =>
      row.sentVirtualSeconds <= to &&
      (row.endedVirtualSeconds ?? Infinity) >= from &&
      (client === null || row.from === client || row.to === client);
    const wanted = view.messages.filter(isWanted);
    return {
      total: wanted.length,
      messages: wanted
        .sort((one, other) => one.sentVirtualSeconds - other.sentVirtualSeconds || one.id - other.id)
        .slice(0, limitOf(query))
        .map(({ story: _story, params: _params, ...row }) => row),
    };
  },
  /** All of one message, attempts too, and what the script had for it. */
  message: (view: RunView, query: Query) => {
    const id = wholeNumber(query, 'id', -1);
    const row = view.messages.find((each) => each.id === id);
    if (!row) throw new UserError(`message: /id: is ${id}, expected the id of a message that has ended`);
    return { ...row, faults: faultsAbout(row, view.manifest) };
  },
  figures: (view: RunView, query: Query) => figuresOf(view, query.get('client')),
  clients: clientLines,
  /** What `pwff trace` prints, of the same query. */
  trace: (view: RunView, query: Query) => {
    const wanted = parseTraceQuery(query.get('q') ?? '');
    const found = storyOf(view).filter((entry) => matchesTrace(entry, wanted));
    const shown = found.slice(0, limitOf(query));
    return {
      total: found.length,
      lines: shown.map((entry) => ({ virtualSeconds: entry.virtualSeconds, text: traceLine(entry) })),
    };
  },
  /** Later, as a large run's takes a while to be made for the first time. */
  timeline: async (view: RunView, query: Query) => {
    const fromSeconds = number(query, 'from', 0);
    const toSeconds = Math.max(fromSeconds, number(query, 'to', view.virtualSeconds));
    const pixels = Math.min(mostPixels, Math.max(1, wholeNumber(query, 'pixels', mostPixels)));
    return timelineOf(view, { fromSeconds, toSeconds }, pixels);
  },
} as const satisfies Readonly<Record<string, (view: RunView, query: Query) => unknown>>;

export type AnswerName = keyof typeof answers;

function progressOf(view: RunView) {
  const { events, isLive, indexed, virtualSeconds, ended, traceHash, timeSpent } = view;
  const messages = view.messages.length;
  const rounds = view.metrics.filter(({ type }) => type === 'round').length;
  return {
    events: events.count,
    messages,
    rounds,
    isLive,
    indexed,
    virtualSeconds,
    ended,
    traceHash,
    timeSpent,
  };
}

function filterOf(query: Query): EventFilter {
  const [actor, event, state, step] = ['actor', 'event', 'state', 'step'].map(
    (key) => query.get(key) || null,
  );
  const states = step ? statesOfStep(step) : state ? [state] : null;
  return { ...(actor && { actor }), ...(event && { event }), ...(states && { states }) };
}

function limitOf(query: Query): number {
  return Math.min(mostRows, Math.max(1, wholeNumber(query, 'limit', 100)));
}

function wholeNumber(query: Query, key: string, usual: number): number {
  const value = number(query, key, usual);
  if (!Number.isSafeInteger(value))
    throw new UserError(`/${key}: is ${given(query, key)}, expected a whole number`);
  return value;
}

function number(query: Query, key: string, usual: number): number {
  const text = query.get(key);
  if (text === null || text === '') return usual;
  const value = Number(text);
  if (Number.isNaN(value)) throw new UserError(`/${key}: is ${given(query, key)}, expected a number`);
  return value;
}

/** What was asked, no longer than a line. */
function given(query: Query, key: string): string {
  const text = query.get(key) ?? '';
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
