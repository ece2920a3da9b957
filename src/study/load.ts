import { Ajv } from 'ajv';
import { UserError } from '../errors.js';
import { findScenarioFile } from '../scenario/file.js';
import { isRecord, type Keyed } from '../scenario/merged.js';
import { readWritten } from '../scenario/read.js';
import { importModule } from '../script/import-module.js';
import { isScript } from '../script/load-module.js';
import { problemLine } from '../settings/problem.js';
import type { SchemaNode } from '../settings/schema-node.js';
import { schemaProblems } from '../settings/schema-problems.js';
import { baseOf, type Base } from './base.js';
import { StudySchema, type Study } from './study.js';

export interface LoadedStudy {
  readonly study: Study;
  readonly base: Base;
  /** The file that it stands in, else "study": for messages. */
  readonly origin: string;
}

const schema = JSON.parse(JSON.stringify(StudySchema)) as SchemaNode;
const check = new Ajv({
  strict: true,
  allErrors: true,
  verbose: true,
  useDefaults: false,
  allowUnionTypes: true,
}).compile<Study>(schema);

/**
 * Reads and checks a study: a JSON or YAML file, a module in TypeScript or JavaScript whose default export
 * `defineStudy` makes, or the study itself. A module is code, and is run. UserError, a line for each problem.
 */
export async function loadStudy(source: string | Study): Promise<LoadedStudy> {
  if (typeof source !== 'string') return checked(source, null, false);
  const file = await findScenarioFile(source);
  return checked(await valueIn(file), file, isScript(file));
}

/**
 * What a path names: a study, or null where it is something else, a scenario: a study says which `scenario` it
 * runs, and no scenario has that key.
 */
export async function studyAt(path: string): Promise<LoadedStudy | null> {
  const file = await findScenarioFile(path);
  const value = await valueIn(file);
  return isRecord(value) && 'scenario' in value ? checked(value, file, isScript(file)) : null;
}

async function valueIn(file: string): Promise<unknown> {
  return isScript(file) ? importModule(file, { default: true }) : (await readWritten(file)).value;
}

function checked(value: unknown, file: string | null, isModule: boolean): LoadedStudy {
  const origin = file ?? 'study';
  // The scenario may hold functions; its own checks come when it is loaded.
  if (!check(value)) {
    const problems = schemaProblems(check.errors ?? [], schema);
    throw new UserError(problems.map((problem) => problemLine(origin, problem)).join('\n'));
  }
  refuseLists(value, origin);
  return { study: value, base: baseOf(value, file, isModule), origin };
}

/** What the code that takes a definition apart relies on, of a scenario that is written in data. */
function refuseLists({ scenario }: Study, origin: string): void {
  if (typeof scenario === 'string') return;
  for (const key of ['timeline', 'expectations']) {
    const value = (scenario as Keyed)[key];
    const isListOfObjects = Array.isArray(value) && value.every(isRecord);
    if (value === undefined || isListOfObjects) continue;
    throw new UserError(
      `${origin}: /scenario/${key}: is no list of objects, expected one as in a scenario file`,
    );
  }
}
