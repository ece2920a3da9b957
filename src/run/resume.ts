import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { firstDifference } from '../records/difference.js';
import { manifestIn, recordFiles } from '../records/folder.js';
import type { Manifest } from '../records/manifest.js';
import type { Summary } from '../records/summary.js';
import type { RunOptions } from './options.js';

/** Ways to end from which a run can be gone on with: what it lacks may come yet. */
const unfinished: readonly Summary['ended']['reason'][] = ['interrupted', 'failed'];

/** Where the journal of a run goes; null: it keeps none. Without learning there is nothing worth keeping. */
export function journalFolder({ scenario, outFolder, journal = 'run' }: RunOptions): string | null {
  if (scenario.learning === 'stub' || journal === 'none') return null;
  return journal === 'run' ? join(outFolder, recordFiles.journal) : journal.folder;
}

/** The journal goes with the run once nothing can be gone on with; a folder that runs share stays. */
export function isOver(reason: Summary['ended']['reason']): boolean {
  return !unfinished.includes(reason);
}

/**
 * Whether this run goes on with the one in its folder, which has to be the same: the same manifest, but for what
 * changes no result. UserError where it must and cannot.
 */
export function isResumed({ outFolder, resume }: RunOptions, manifest: Manifest): boolean {
  if (resume === undefined) return false;
  const why = whyNot(outFolder, manifest);
  if (why === null || resume === 'may') return why === null;
  throw new UserError(`${outFolder}: ${why}`);
}

function whyNot(folder: string, manifest: Manifest): string | null {
  const earlier = manifestIn(folder);
  if (earlier === null) return 'holds no run, expected the folder of one that was stopped';
  const reason = endOf(folder);
  if (reason !== null && isOver(reason)) {
    return `its run is over (${reason}), expected one that was stopped; run its scenario for another`;
  }
  const plain = JSON.parse(JSON.stringify(manifest)) as Manifest;
  const found = firstDifference(comparable(earlier), comparable(plain));
  if (found === null) return null;
  return (
    `its run began with ${found.pointer} ${JSON.stringify(found.a)}, and would go on with ` +
    `${JSON.stringify(found.b)}: expected the same inputs and backend; run the scenario anew without --resume`
  );
}

/** Null for a run that was killed, be it while it wrote its last files: the journal goes after all of them. */
function endOf(folder: string): Summary['ended']['reason'] | null {
  const has = (name: string) => existsSync(join(folder, name));
  if (!has(recordFiles.summary) || !has(recordFiles.report) || has(recordFiles.journal)) return null;
  return (JSON.parse(readFileSync(join(folder, recordFiles.summary), 'utf8')) as Summary).ended.reason;
}

/** All that a result depends on. */
function comparable({
  workers: _,
  inspection: _inspection,
  params: _params,
  versions: _versions,
  ...manifest
}: Manifest) {
  return { ...manifest, backend: { ...manifest.backend, reason: '' } };
}
