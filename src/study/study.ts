import Type, { type Static } from 'typebox';
import type { Definition } from '../script/define.js';
import { closed } from '../settings/form.js';

/*
 * The one source of a study file's form: TypeScript types, checks and the schema that editors complete from.
 */

const setting = 'path of a setting, as after --set: "channel.uplink.meanSnrDb"';
/** Keys between dots. */
const path = '^[^.=\\s]+(\\.[^.=\\s]+)*$';

const record = <T>(schema: object, description: string) =>
  Type.Unsafe<Readonly<Record<string, T>>>({
    type: 'object',
    additionalProperties: schema,
    propertyNames: { type: 'string', pattern: path },
    description,
  });

const Settings = record<unknown>({}, `values by ${setting}`);
const Values = record<readonly unknown[]>(
  { type: 'array', minItems: 1, description: 'values of the setting' },
  `lists of values by ${setting}`,
);

const range = { from: Type.Number({ description: 'least value' }), to: Type.Number({ description: 'most' }) };

/** How a random search draws the value of a setting. */
export const DrawSchema = Type.Union([
  closed(
    { draw: Type.Literal('uniform'), ...range },
    { description: 'a number between two, each as likely as any other' },
  ),
  closed(
    { draw: Type.Literal('log-uniform'), ...range },
    { description: 'a number between two above 0, whose logarithm is uniform: for rates' },
  ),
  closed({ draw: Type.Literal('integer'), ...range }, { description: 'a whole number, both ends included' }),
  closed(
    {
      draw: Type.Literal('choice'),
      of: Type.Array(Type.Unknown(), { minItems: 1, description: 'what is drawn from' }),
    },
    { description: 'one of some values' },
  ),
]);
export type Draw = Static<typeof DrawSchema>;

const RandomSearch = closed(
  {
    count: Type.Integer({ minimum: 1, maximum: 100_000, description: 'points to draw' }),
    seed: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'of the draws; the seeds of the runs are others',
    }),
    space: record<Draw>(DrawSchema, `how a value is drawn, by ${setting}`),
  },
  { description: 'points that are drawn: random search' },
);

const Vary = closed(
  {
    grid: Type.Optional({ ...Values, description: 'all combinations of the values of each setting' }),
    list: Type.Optional(
      Type.Array(Settings, { minItems: 1, description: 'the points themselves, each with its settings' }),
    ),
    paired: Type.Optional({
      ...Values,
      description: 'lists of one length: the first values make a point, the second ones the next',
    }),
    random: Type.Optional(RandomSearch),
  },
  {
    description:
      'what differs between the points; of several kinds every point of one meets every point of the others',
  },
);

const Seed = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const StudySchema = closed({
  $schema: Type.Optional(
    Type.String({ description: 'where study.schema.json is, for editors; nothing else reads it' }),
  ),
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', description: 'names the folder of the study' }),
  description: Type.Optional(Type.String({ description: 'the question that the study answers' })),
  scenario: Type.Unsafe<string | Definition>({
    type: ['string', 'object'],
    description:
      'what every run begins with: a file (from the folder of the study), a scenario of the package by its name, ' +
      'or a scenario itself',
  }),
  set: Type.Optional({ ...Settings, description: `changes that all points share: values by ${setting}` }),
  vary: Type.Optional(Vary),
  seeds: Type.Optional(
    Type.Union(
      [
        Type.Integer({ minimum: 1, maximum: 100_000, description: 'so many: 1, 2, 3, …' }),
        Type.Array(Seed, { minItems: 1, uniqueItems: true, description: 'these' }),
      ],
      { description: 'every point runs once with each seed; absent: with the scenario’s own' },
    ),
  ),
});

/** A base scenario and what is varied: a question that takes many runs. */
export type Study = Static<typeof StudySchema>;
export type Vary = NonNullable<Study['vary']>;
export type RandomSearch = Static<typeof RandomSearch>;

/** A study in TypeScript. It only gives the types: nothing is registered, and nothing runs. */
export function defineStudy(study: Study): Study {
  return study;
}
