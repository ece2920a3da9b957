import { Ajv } from 'ajv';
import Type from 'typebox';
import type { InspectionRow } from './inspection-rows.js';

/*
 * The form of the rows of inspection.jsonl, as far as readers rely on it. The file may have been altered.
 */

const shared = { virtualSeconds: Type.Number(), actor: Type.String(), state: Type.String() };

const forms = {
  actor: Type.Object({
    ...shared,
    machine: Type.String(),
    parent: Type.Union([Type.String(), Type.Null()]),
  }),
  event: Type.Object({
    ...shared,
    event: Type.String(),
    cause: Type.Object({
      by: Type.String(),
      message: Type.Optional(Type.Integer({ minimum: 0 })),
      from: Type.Optional(Type.String()),
    }),
    before: Type.String(),
    microsteps: Type.Array(Type.Object({ transitions: Type.Array(Type.String()), state: Type.String() })),
  }),
} as const;

const ajv = new Ajv();
const compiled = (form: object) => ajv.compile(JSON.parse(JSON.stringify(form)) as object);
const isActor = compiled(forms.actor);
const isEvent = compiled(forms.event);

/** Whether it has what readers of an inspection row look at. */
export function isInspectionRow(value: unknown): value is InspectionRow {
  const type = (value as { readonly type?: unknown } | null)?.type;
  return type === 'event' ? isEvent(value) : type === 'actor' && isActor(value);
}
