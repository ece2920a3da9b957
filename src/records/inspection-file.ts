import { join } from 'node:path';
import { recordFiles } from './folder.js';
import type { InspectionChoice } from './inspection-choice.js';
import { inspectionLine } from './inspection-rows.js';
import { JsonLinesFile } from './json-lines.js';
import type { ActorEvent, ActorRegistered } from './run-event.js';

/** inspection.jsonl: what the actors of a run do. */
export class InspectionFile {
  readonly #file: JsonLinesFile;
  readonly #choice: InspectionChoice;
  readonly #leftOut = new Set<string>();

  constructor(folder: string, choice: InspectionChoice) {
    this.#file = new JsonLinesFile(join(folder, recordFiles.inspection));
    this.#choice = choice;
  }

  append(told: ActorRegistered | ActorEvent): void {
    const { type, actor } = told;
    if (type === 'actor-registered' && this.#choice === 'thin' && told.machine === 'channel') {
      this.#leftOut.add(actor);
    }
    if (!this.#leftOut.has(actor)) this.#file.append(inspectionLine(told));
  }

  flush(): void {
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}
