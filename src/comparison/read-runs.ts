import { UserError } from '../errors.js';
import { endedSentence } from '../records/report/ended.js';
import { readRunTo, type RunDocuments } from '../records/read.js';
import type { Keyed } from '../scenario/merged.js';
import { canonicalJson } from '../records/exact-json.js';
import { figuresOf, RoundBits, type AnyFigure } from './figure.js';

/** What is kept of a run that is compared. */
export interface ComparedRun {
  /** Its folder, from the current one. */
  readonly run: string;
  readonly seed: number;
  readonly scenario: Keyed;
  /** By the keys of figures; null where there is none. */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly origin: Origin;
}

/** What two runs should have alike for their figures to be of one kind. */
export interface Origin {
  readonly version: string;
  readonly backend: string;
  readonly learning: string;
  readonly endedBy: string;
}

/** A run that is not compared, and why. */
export interface LeftOut {
  readonly run: string;
  readonly why: string;
}

export interface ReadRuns {
  readonly runs: readonly ComparedRun[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Reads the runs of these folders one by one, keeping their figures alone. A run that is damaged, that did not come to
 * an end, or that repeats an earlier one's scenario and seed is left out, by its name.
 */
export async function readRuns(folders: readonly string[], figures: readonly AnyFigure[]): Promise<ReadRuns> {
  const runs: ComparedRun[] = [];
  const leftOut: LeftOut[] = [];
  const known = new Map<string, string>();
  for (const run of folders) {
    const found = await readOne(run, figures);
    if ('why' in found) {
      leftOut.push(found);
      continue;
    }
    const key = identityOf(found);
    const earlier = known.get(key);
    if (earlier === undefined) {
      known.set(key, run);
      runs.push(found);
    } else leftOut.push({ run, why: `is a repetition of ${earlier}: the same scenario and seed` });
  }
  return { runs, leftOut };
}

async function readOne(run: string, figures: readonly AnyFigure[]): Promise<ComparedRun | LeftOut> {
  try {
    const bits = new RoundBits();
    const searches = figures.flatMap((figure) =>
      'search' in figure ? [{ figure, rows: figure.search() }] : [],
    );
    const documents = await readRunTo(run, bits, ...searches.map(({ rows }) => rows));
    const why = unfinished(documents);
    if (why !== null) return { run, why };
    const whole = figuresOf(documents.summary, bits);
    const searched = new Map<AnyFigure, number | null>(
      searches.map(({ figure, rows: { reached } }) => [figure, reached === null ? null : figure.of(reached)]),
    );
    const valueOf = (figure: AnyFigure) =>
      'search' in figure ? (searched.get(figure) ?? null) : figure.of(whole);
    return compared(
      run,
      documents,
      Object.fromEntries(figures.map((figure) => [figure.key, valueOf(figure)])),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { run, why: error.message };
  }
}

/** Ends that leave whole figures: docs/records.md. */
const ordinaryEnds = ['finished', 'stopped', 'out-of-virtual-time'];

function unfinished({ summary: { ended } }: RunDocuments): string | null {
  if (ended.reason === 'partial') return 'has no summary.json: it was killed, or is still running';
  return ordinaryEnds.includes(ended.reason) ? null : `did not finish: ${endedSentence(ended)}`;
}

function compared(
  run: string,
  { manifest, summary }: RunDocuments,
  figures: ComparedRun['figures'],
): ComparedRun {
  const origin = {
    version: manifest.version,
    backend: manifest.backend.name,
    learning: manifest.scenario.learning,
    endedBy: summary.ended.reason,
  };
  const { seed } = manifest;
  return { run, seed, scenario: { ...manifest.scenario }, figures, origin };
}

/** Settings that make no difference to a run but by name, and its seed. */
export const besides = ['$schema', 'name', 'description', 'seed'];

function identityOf({ run, seed, scenario }: ComparedRun): string {
  const settings = Object.fromEntries(Object.entries(scenario).filter(([key]) => !besides.includes(key)));
  return canonicalJson({ seed, settings }, run);
}
