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

/** Up to three that say most: the slowest of each direction, and the one that took most attempts. */
export function chosenStories(messages: readonly MessageRow[]): Chosen[] {
  const told = messages.filter(isTold);
  const delivered = told.filter(({ outcome, onAirSeconds }) => outcome === 'delivered' && onAirSeconds > 0);
  const uploads = delivered.filter(({ to }) => to === 'server');
  const downloads = delivered.filter(({ from }) => from === 'server');
  const slowest = [
    ...greatest('slowest delivered upload', uploads, slowness),
    ...greatest('slowest delivered download', downloads, slowness),
  ];
  const isShown = (id: number) => slowest.some(({ message }) => message.id === id);
  const troubled = told.filter(
    ({ id, attempts, outcome }) => !isShown(id) && (attempts > 1 || outcome === 'dropped'),
  );
  const isRepeated = troubled.some(({ attempts }) => attempts > 1);
  return [...slowest, ...greatest(isRepeated ? 'most attempts' : 'dropped', troubled, trouble)];
}

/** The first of those with the greatest figure; none where there are none. */
function greatest(
  why: string,
  [first, ...rest]: readonly Told[],
  figure: (message: Told) => number,
): Chosen[] {
  if (!first) return [];
  const message = rest.reduce((most, one) => (figure(one) > figure(most) ? one : most), first);
  return [{ why, message }];
}

const slowness = ({ delaySeconds }: Told) => delaySeconds ?? 0;

/** Attempts count first, then being dropped. */
const trouble = ({ attempts, outcome }: Told) => 2 * attempts + (outcome === 'dropped' ? 1 : 0);

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
