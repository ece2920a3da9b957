import Type, {
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  type TSchemaOptions,
} from 'typebox';

/*
 * What settings' schemas are built of. Each gives a default, so that nothing has to be written, and a
 * description, which editors show.
 */

/** The values that settings of these properties have once their defaults are filled in. */
export type Settings<P extends TProperties> = Static<TObject<P>>;

/** An object without any other key. */
export const closed = <P extends TProperties>(properties: P, options: TSchemaOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const count = (minimum: number, value: number, description: string) =>
  Type.Integer({ minimum, default: value, description });

export const positive = (value: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, default: value, description });

export const atLeastZero = (value: number, description: string) =>
  Type.Number({ minimum: 0, default: value, description });

/**
 * The longest time that a message can take or wait, some 32 years: what a run counts of its time, in whole
 * microseconds, has room for it beside all that went before.
 */
export const longestSeconds = 1e9;

/** A time that the clock of a run has to wait for; `above`: it is never 0. */
export const duration = (value: number, description: string, { above }: { readonly above?: 0 } = {}) =>
  Type.Number({
    ...(above === undefined ? { minimum: 0 } : { exclusiveMinimum: above }),
    maximum: longestSeconds,
    default: value,
    description,
  });

export const fraction = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description });

export const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { default: null, description });

/** An object whose own defaults are filled in, or null: ajv fills none in inside of `anyOf`. */
export const closedOrNull = <P extends TProperties>(properties: P, description: string) =>
  Type.Unsafe<Settings<P> | null>({
    ...closed(properties),
    type: ['object', 'null'],
    default: null,
    description,
  });
