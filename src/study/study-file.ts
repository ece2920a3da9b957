import { Ajv } from 'ajv';
import { statSync } from 'node:fs';
import Type from 'typebox';
import { UserError } from '../errors.js';
import { nestsTooDeep } from '../nesting.js';
import { textAt } from '../records/owner.js';
import { mostBytes } from '../text-file.js';

/*
 * What the folder of a study has beside the runs themselves, checked as it is read: somebody may have altered it.
 */

export const studyFormat = 'pwff-study-1';

const Settings = Type.Record(Type.String(), Type.Unknown());

const RunSchema = Type.Object({
  point: Type.String(),
  settings: Settings,
  seed: Type.Number(),
  id: Type.String(),
  name: Type.String(),
});

const StudyFileSchema = Type.Object({
  format: Type.Literal(studyFormat),
  /** Version of pwff: one of another might give other results. */
  version: Type.String(),
  name: Type.String(),
  backend: Type.String(),
  runs: Type.Array(RunSchema),
});

/** study.json: which runs the folder of a study is for. */
export type StudyFile = Type.Static<typeof StudyFileSchema>;

const FailureSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  point: Type.String(),
  seed: Type.Number(),
  message: Type.String(),
});

/** A run that came to no good end: `failures/<id>.json`. */
export type Failure = Readonly<Type.Static<typeof FailureSchema>>;

const ajv = new Ajv();
const plain = (schema: object) => JSON.parse(JSON.stringify(schema)) as object;
const isStudyFile = ajv.compile<StudyFile>(plain(StudyFileSchema));
const isFailure = ajv.compile<Failure>(plain(FailureSchema));

/** What study.json says; null where there is none. UserError where it is another file. */
export function readStudyFile(file: string): StudyFile | null {
  return readChecked(
    file,
    isStudyFile,
    'is no study, expected one as pwff sweep writes it; choose another with --out',
  );
}

/** What is said of a run that failed; null where nothing is. UserError where it is another file. */
export function readFailure(file: string): Failure | null {
  return readChecked(
    file,
    isFailure,
    'is no failure, expected one as pwff sweep writes it; remove it, and the run is tried again',
  );
}

function readChecked<T>(file: string, is: (value: unknown) => value is T, otherwise: string): T | null {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const text = size > mostBytes.records ? '' : textAt(file);
  if (text === null) return null;
  const value = jsonOf(text);
  if (is(value)) return value;
  throw new UserError(`${file}: ${otherwise}`);
}

function jsonOf(text: string): unknown {
  try {
    return nestsTooDeep(text) ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
