import { batch, computed, effect, signal } from '@preact/signals';
import { ask, askSession, type Answer, type Session } from './api.js';
import { filter, filterQuery } from './filter.js';

/*
 * Where the page stands: which run, at which event, looking at which client. Everything that is seen follows from these.
 */

export const session = signal<Session | null>(null);
export const runs = signal<readonly Answer<'run'>[]>([]);
/** How far the runs are, as the server tells. */
export const progress = signal<readonly Answer<'progress'>[]>([]);
export const pace = signal<{ isPaused: boolean; virtualSecondsPerSecond: number | null } | null>(null);
/** Whether the command that serves the page has ended: from then on nothing more can be asked. */
const isGone = signal(false);
const failure = signal<string | null>(null);
/** What the reader should know; null where all is well. */
export const trouble = computed(() =>
  isGone.value ? 'The command that serves this page has ended; what is loaded stays.' : failure.value,
);

/** Place of the event that is shown, from 0; -1: before the first. */
export const at = signal(-1);
/** Whether the page goes along with a live run's newest event. */
export const follows = signal(false);
export const client = signal('');
export const isPlaying = signal(false);
export const speed = signal('5');
export const states = signal<readonly Answer<'state'>[]>([]);

export const run = computed(() => runs.value[0] ?? null);
export const newest = computed(() => (progress.value[0]?.events ?? 0) - 1);
/** A virtual time between two events that somebody went to; null: that of the event. */
const moment = signal<number | null>(null);
export const now = computed(() => moment.value ?? states.value[0]?.virtualSeconds ?? 0);
/** The actor whose chart and counts are shown beside the server's. */
export const link = signal<'uplink' | 'downlink'>('uplink');

let asked = 0;

/** Goes to an event, or to a time after it, and shows what all actors were doing then. */
export async function goTo(place: number, seconds: number | null = null): Promise<void> {
  const wanted = Math.max(-1, Math.min(place, newest.value));
  at.value = wanted;
  const turn = ++asked;
  const answers = await guarded(() =>
    Promise.all(
      runs.value.map((_, run) =>
        ask('state', { run, at: Math.min(wanted, (progress.value[run]?.events ?? 1) - 1) }),
      ),
    ),
  );
  // A later jump has overtaken this one.
  if (!answers || turn !== asked) return;
  batch(() => {
    states.value = answers;
    moment.value = seconds;
  });
}

export async function goToTime(seconds: number): Promise<void> {
  const time = Math.max(0, Math.min(seconds, progress.value[0]?.virtualSeconds ?? 0));
  const answer = await guarded(() => ask('place', { seconds: time }));
  if (answer) await goTo(answer.at, time);
}

/** The next event, or the one before, that the filter lets through. */
export async function stepBy(step: 1 | -1): Promise<void> {
  follows.value = false;
  const from = at.value + step;
  if (from < 0) return goTo(-1);
  const answer = await guarded(() =>
    ask('seek', { ...filterQuery(filter.value), from, back: step < 0 ? 1 : undefined }),
  );
  if (!answer) return;
  if (answer.at >= 0) return goTo(answer.at);
  isPlaying.value = false;
}

/** What goes wrong is shown, and does not end the page. */
export async function guarded<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    const result = await work();
    failure.value = null;
    return result;
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
    return null;
  }
}

/** Opens the session: what there is to see, and the socket that tells how far it is. */
export async function open(): Promise<void> {
  const opened = await guarded(askSession);
  if (!opened) return;
  session.value = opened;
  follows.value = opened.isLive;
  const found = await guarded(() =>
    Promise.all(Array.from({ length: opened.runs }, (_, run) => ask('run', { run }))),
  );
  if (!found) return;
  runs.value = found;
  progress.value = found;
  client.value = found[0]?.clients[0] ?? '';
  listen();
  await goTo(opened.isLive ? newest.value : -1);
}

let socket: WebSocket | null = null;

function listen(): void {
  socket = new WebSocket(new URL('live', location.href.replace(/^http/, 'ws')));
  socket.addEventListener('message', ({ data }) => {
    const told = JSON.parse(String(data)) as {
      readonly runs: readonly Answer<'progress'>[];
      readonly pace: typeof pace.value;
    };
    progress.value = told.runs;
    pace.value = told.pace;
  });
  socket.addEventListener('close', () => {
    pace.value = null;
    isGone.value = true;
  });
}

export function command(given: object): void {
  socket?.send(JSON.stringify(given));
}

effect(() => {
  if (follows.value && newest.value > at.peek()) void goTo(newest.value);
});

const tickMilliseconds = 100;
let timer: number | undefined;

effect(() => {
  clearTimeout(timer);
  if (isPlaying.value) timer = window.setTimeout(() => void play(), 0);
});

/** One turn of playing: some events, or some virtual time, and on. */
async function play(): Promise<void> {
  if (!isPlaying.value) return;
  const begun = performance.now();
  const [, byTime, amount = '5'] = /^(x?)(.+)$/.exec(speed.value) ?? [];
  const perTick = (Number(amount) * tickMilliseconds) / 1e3;
  if (byTime) await goToTime(now.value + perTick);
  else if (perTick >= 1) await goTo(at.value + Math.round(perTick));
  else await stepBy(1);
  if (at.value >= newest.value) isPlaying.value = false;
  const wait = byTime || perTick >= 1 ? tickMilliseconds : 1e3 / Number(amount);
  timer = window.setTimeout(() => void play(), Math.max(0, wait - (performance.now() - begun)));
}
