import { Ajv } from 'ajv';
import Type from 'typebox';
import { UserError } from '../errors.js';
import { inspections } from '../records/inspection-choice.js';
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
});

const schema = JSON.parse(JSON.stringify(OptionsSchema)) as SchemaNode;
const check = new Ajv({ strict: true, allErrors: true, verbose: true }).compile(schema);

/** Throws a UserError with one line for each option of a wrong form, before anything is started or written. */
export function checkOptions(options: RunOptions): void {
  const { outFolder, workers, backend, showSamples, inspection } = options;
  const given = {
    ...{ outFolder, workers, backend },
    ...(showSamples !== undefined && { showSamples }),
    ...(inspection !== undefined && { inspection }),
  };
  if (check(given)) return;
  const problems = schemaProblems(check.errors ?? [], schema);
  throw new UserError(problems.map((problem) => problemLine('options', problem)).join('\n'));
}
