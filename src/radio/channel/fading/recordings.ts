import { resolve } from 'node:path';
import { UserError } from '../../../errors.js';
import type { Direction, DirectionSettings } from '../directions/settings.js';
import type { Cell } from '../large-scale/settings.js';
import { readRecording, type Recording } from './recording.js';
import type { FadingSettings } from './settings.js';
import type { GainTrace } from './trace.js';

/** What was recorded of the links of a run. */
export interface Recordings {
  /** Of a client's link, by the client's number, from 1. */
  readonly of: (client: number, direction: Direction) => Recording;
  /**
   * Whether all begin with the run, as they do where each client has a recording of its own; else each link
   * begins at a drawn place of the one that they share.
   */
  readonly areAligned: boolean;
}

/** One recording for all links. */
export function shared(recording: Recording): Recordings {
  return { of: () => recording, areAligned: false };
}

type TraceFile = NonNullable<FadingSettings['traceFile']>;

const directions = ['uplink', 'downlink'] as const;

/**
 * The file of a link as the scenario names it: in a list that of the client's place; {client} stands for the
 * client's number from 1 on, {direction} for "uplink" or "downlink".
 */
function traceFileOf(traceFile: TraceFile, client: number, direction: Direction): string {
  const named = typeof traceFile === 'string' ? traceFile : (traceFile[client - 1] ?? '');
  return named.replaceAll('{client}', String(client)).replaceAll('{direction}', direction);
}

/** The files of all links, each once, with the JSON pointer of the setting that names it. */
export function traceFiles(
  traceFile: FadingSettings['traceFile'],
  clients: number,
): readonly (readonly [pointer: string, path: string])[] {
  if (traceFile === null) return [];
  const files = new Map<string, string>();
  for (let client = 1; client <= clients; client++) {
    const place = typeof traceFile === 'string' ? '' : `/${client - 1}`;
    for (const direction of directions) {
      const path = traceFileOf(traceFile, client, direction);
      if (!files.has(path)) files.set(path, `/channel/traceFile${place}`);
    }
  }
  return [...files].map(([path, pointer]) => [pointer, path]);
}

/** What reading depends on. */
type Radio = Pick<FadingSettings, 'traceFile'> &
  Readonly<Record<Direction, Pick<DirectionSettings, 'bandwidthHz'>>> & { readonly cell: Cell | null };

/**
 * Reads the recordings that a scenario names, paths being relative to `folder`; null where it names none.
 *
 * @throws UserError where one cannot be read or is none, or where it says what the scenario says otherwise.
 */
export async function readRecordings(
  channel: Radio,
  folder: string,
  clients: number,
): Promise<Recordings | null> {
  const { traceFile } = channel;
  if (traceFile === null) return null;
  const read = new Map<string, Recording>();
  for (const [, path] of traceFiles(traceFile, clients)) {
    read.set(path, await readRecording(resolve(folder, path)));
  }
  const of = (client: number, direction: Direction) => read.get(traceFileOf(traceFile, client, direction))!;
  for (let client = 1; client <= clients; client++) {
    for (const direction of directions) {
      check(of(client, direction), traceFileOf(traceFile, client, direction), channel, direction);
    }
  }
  return { of, areAligned: typeof traceFile !== 'string' || traceFile.includes('{client}') };
}

/** A rate of more bits per second and hertz is no rate of this band. */
const mostBitsPerSecondPerHz = 300;

function check({ states, trace }: Recording, path: string, channel: Radio, direction: Direction): void {
  if (states === 'gain') return;
  const column = states === 'snr' ? 'snrDb' : 'rateBps';
  if (channel.cell !== null) {
    throw new UserError(
      `${path}: has ${column}, expected gain or gainDb in a cell, where distance makes the mean SNR; ` +
        'set /channel/cell to null',
    );
  }
  if (states === 'snr') return;
  const { bandwidthHz } = channel[direction];
  if (typeof bandwidthHz !== 'number') {
    throw new UserError(
      `${path}: has rateBps, expected one bandwidth for all clients; set /channel/${direction}/bandwidthHz to a number`,
    );
  }
  const greatest = trace.gains.reduce((most, value) => Math.max(most, value), 0);
  if (greatest <= mostBitsPerSecondPerHz * bandwidthHz) return;
  throw new UserError(
    `${path}: rateBps reaches ${greatest}, expected at most ${mostBitsPerSecondPerHz} bits per second and ` +
      `Hz of the band; set /channel/${direction}/bandwidthHz, ${bandwidthHz}, to that of the recording`,
  );
}

/** A recording as the gains of a link; `meanSnr` null: the scenario has the mean. */
export interface RecordedLink {
  readonly gains: GainTrace;
  readonly meanSnr: number | null;
}

/**
 * Gains of mean 1 and the mean SNR of a recording over the whole band, as a ratio. A rate becomes the ratio at
 * which Shannon's rate of the band is that rate, so that the rate policy "capacity" gives it back; `check` above
 * has seen to it that there is one band then.
 */
export function recordedLink(
  { states, trace }: Recording,
  { bandwidthHz }: Pick<DirectionSettings, 'bandwidthHz'>,
): RecordedLink {
  if (states === 'gain') return { gains: trace, meanSnr: null };
  const ratioOf = (bps: number) => Math.expm1((bps / (bandwidthHz as number)) * Math.LN2);
  const ratios = states === 'snr' ? trace.gains : trace.gains.map(ratioOf);
  const meanSnr = meanOverTime({ ...trace, gains: ratios });
  return { gains: { ...trace, gains: ratios.map((ratio) => ratio / meanSnr) }, meanSnr };
}

function meanOverTime({ startSeconds, gains, periodSeconds }: GainTrace): number {
  return gains.reduce(
    (sum, gain, row) =>
      sum + gain * (((startSeconds[row + 1] ?? periodSeconds) - startSeconds[row]!) / periodSeconds),
    0,
  );
}
