import { Ajv } from 'ajv';
import Type from 'typebox';
import { UserError } from '../errors.js';
import { inspections } from '../records/inspection-choice.js';
import { paramsChoices } from '../records/params-choice.js';
import { problemLine } from '../settings/problem.js';
import type { SchemaNode } from '../settings/schema-node.js';
import { schemaProblems } from '../settings/schema-problems.js';
import type { RunOptions } from './options.js';

/** The options of a run that are plain values; the others are objects that TypeScript's types describe. */
const OptionsSchema = Type.Object({
  outFolder: Type.String({ minLength: 1 }),
  workers: Type.Integer({ minimum: 1 }),
  backend: Type.Enum(['auto', 'native', 'wasm']),
  showSamples: Type.Optional(Type.Boolean()),
  inspection: Type.Optional(Type.Enum([...inspections])),
  params: Type.Optional(Type.Enum([...paramsChoices])),
  resume: Type.Optional(Type.Enum(['must', 'may'])),
  journal: Type.Optional(
    Type.Union([Type.Enum(['run', 'none']), Type.Object({ folder: Type.String({ minLength: 1 }) })]),
  ),
});

const schema = JSON.parse(JSON.stringify(OptionsSchema)) as SchemaNode;
const check = new Ajv({ strict: true, allErrors: true, verbose: true }).compile(schema);

/** Throws a UserError with one line for each option of a wrong form, before anything is started or written. */
export function checkOptions(options: RunOptions): void {
  const { outFolder, workers, backend, showSamples, inspection, params, resume, journal } = options;
  const all = { outFolder, workers, backend, showSamples, inspection, params, resume, journal };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  if (check(given)) return;
  const problems = schemaProblems(check.errors ?? [], schema);
  throw new UserError(problems.map((problem) => problemLine('options', problem)).join('\n'));
}
