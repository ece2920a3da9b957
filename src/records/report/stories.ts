import type { RowReader } from '../row-reader.js';
import type { AttemptStory, MessageRow } from '../rows.js';
import { duration, number } from './format.js';

/** A message of which the records tell every attempt. */
export interface Told extends MessageRow {
  readonly story: readonly AttemptStory[];
}

/** What became of an attempt; the colours of the chart. */
export type AttemptResult = 'arrived' | 'arrived, not acknowledged' | 'lost';

/** Why this message is shown, and the message. */
export interface Chosen {
  readonly why: string;
  readonly message: Told;
}

const isTold = (message: MessageRow): message is Told =>
  message.copyOf === null && message.story !== undefined && message.story.length > 0;

const slowness = ({ delaySeconds }: Told) => delaySeconds ?? 0;

/** Attempts count first, then being dropped. */
const trouble = ({ attempts, outcome }: Told) => 2 * attempts + (outcome === 'dropped' ? 1 : 0);

/** Keeps the messages of which one may be shown. */
export class Stories implements RowReader {
  readonly #uploads = new Greatest(1, slowness);
  readonly #downloads = new Greatest(1, slowness);
  /** As many as are left to choose from where the others are among them. */
  readonly #troubled = new Greatest(3, trouble);

  message(message: MessageRow): void {
    if (!isTold(message)) return;
    const { outcome, onAirSeconds, to, attempts } = message;
    if (outcome === 'delivered' && onAirSeconds > 0) {
      (to === 'server' ? this.#uploads : this.#downloads).add(message);
    }
    if (attempts > 1 || outcome === 'dropped') this.#troubled.add(message);
  }

  /** Up to three that say most: the slowest of each direction, and the one that took most attempts. */
  get chosen(): Chosen[] {
    const slowest = [
      ...this.#uploads.all.map((message) => ({ why: 'slowest delivered upload', message })),
      ...this.#downloads.all.map((message) => ({ why: 'slowest delivered download', message })),
    ];
    const others = this.#troubled.all.filter(({ id }) => slowest.every(({ message }) => message.id !== id));
    return [
      ...slowest,
      ...others
        .slice(0, 1)
        .map((message) => ({ why: message.attempts > 1 ? 'most attempts' : 'dropped', message })),
    ];
  }
}

/** So many messages with the greatest figure, of equal ones the first to come. */
class Greatest {
  readonly all: Told[] = [];
  readonly #most: number;
  readonly #figure: (message: Told) => number;

  constructor(most: number, figure: (message: Told) => number) {
    this.#most = most;
    this.#figure = figure;
  }

  add(message: Told): void {
    const place = this.all.findIndex((one) => this.#figure(message) > this.#figure(one));
    this.all.splice(place < 0 ? this.all.length : place, 0, message);
    this.all.length = Math.min(this.all.length, this.#most);
  }
}

export function resultOf({ lost, acknowledged }: AttemptStory): AttemptResult {
  if (acknowledged) return 'arrived';
  return lost === null ? 'arrived, not acknowledged' : 'lost';
}

const reasonWords: Readonly<Record<NonNullable<AttemptStory['lost']>, string>> = {
  loss: 'lost by chance',
  outage: 'lost to outage, sent above what the channel carried',
  timeout: 'given up at the limit of an attempt',
  fault: 'lost by script',
  corrupted: 'corrupted by script',
  offline: 'cut short, as the client went off',
};

/** What an attempt came to, as a sentence. */
export function attemptSentence(attempt: AttemptStory, index: number): string {
  const { atSeconds, seconds, airBits, packets, lostPackets, lost, blocks } = attempt;
  const span = `${duration(seconds)} over ${blocks} ${blocks === 1 ? 'block' : 'blocks'}`;
  const when = `at ${number(atSeconds)} s, ${span}`;
  const what = packets === 1 ? '' : `, ${lost === null ? packets : `${lostPackets} of ${packets}`} packets`;
  const result = lost === null ? resultOf(attempt) : reasonWords[lost];
  return `Attempt ${index + 1} ${when}, ${number(airBits / 1e6)} Mbit${what}: ${result}.`;
}

/** Gain and rate at a moment; `run` parts the stretches that a line may connect. */
export interface TrackPoint {
  readonly run: number;
  readonly seconds: number;
  readonly gainDb: number | null;
  readonly rateMbps: number;
}

/** The samples of all attempts, each attempt and each stretch with a signal as a run of its own. */
export function trackOf(story: readonly AttemptStory[]): TrackPoint[] {
  const track: TrackPoint[] = [];
  let run = 0;
  for (const { atSeconds, seconds, samples = [] } of story) {
    run += 1;
    samples.forEach(({ atSeconds: at, gain, rateBps }, index) => {
      const gainDb = gain > 0 ? 10 * Math.log10(gain) : null;
      const wasSilent = index > 0 && !(samples[index - 1]!.gain > 0);
      if (index > 0 && wasSilent !== (gainDb === null)) run += 1;
      const until = samples[index + 1]?.atSeconds ?? atSeconds + seconds;
      const point = { run, gainDb, rateMbps: rateBps / 1e6 };
      // Both ends of the block: what comes between two blocks is a jump.
      track.push({ ...point, seconds: at }, { ...point, seconds: until });
    });
  }
  return track;
}
