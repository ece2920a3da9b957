import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { exactJson } from './exact-json.js';
import { recordFiles } from './folder.js';
import { readJsonLines } from './json-lines.js';
import type { ActorEvent, ActorRegistered } from './run-event.js';

/** An actor, in inspection.jsonl. */
export interface ActorRow extends Omit<ActorRegistered, 'type'> {
  readonly type: 'actor';
}

/** An event that an actor has taken, in inspection.jsonl. */
export interface EventRow extends Omit<ActorEvent, 'type'> {
  readonly type: 'event';
}

/** A row of inspection.jsonl; an actor's own comes before those of its events. */
export type InspectionRow = ActorRow | EventRow;

/** What an observer hears of an actor as its line, without the line's end. */
export function inspectionLine(told: ActorRegistered | ActorEvent): string {
  const what = 'inspection row';
  if (told.type === 'actor-registered') {
    const { actor, machine, parent, state, virtualSeconds } = told;
    return exactJson(
      { type: 'actor', virtualSeconds, actor, machine, parent, state } satisfies ActorRow,
      what,
    );
  }
  const { virtualSeconds, actor, event, cause, before, state, microsteps } = told;
  const row: EventRow = { type: 'event', virtualSeconds, actor, event, cause, before, state, microsteps };
  return exactJson(row, what);
}

/** Reads inspection.jsonl of a run's folder. UserError where the run left none, or the file cannot be read. */
export async function readInspection(folder: string): Promise<readonly InspectionRow[]> {
  const path = join(folder, recordFiles.inspection);
  if (!existsSync(path)) {
    throw new UserError(`${path}: is not there, expected the record of a run with --inspection all or thin`);
  }
  return readJsonLines<InspectionRow>(path);
}
