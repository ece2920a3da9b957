import Type from 'typebox';
import { nullable } from '../../settings/form.js';
import { entropies, type Entropy } from './entropy.js';

/*
 * Options that several codecs have.
 */

const delta = (value: boolean) =>
  Type.Boolean({
    default: value,
    description:
      'whether the change travels since the last version that both ends know; where they know none, all of it ' +
      'travels as float32',
  });

const errorFeedback = (value: boolean) =>
  Type.Boolean({
    default: value,
    description: 'whether what a message leaves out, or does not bring, is added to the next one',
  });

export const entropy = Type.Unsafe<Entropy>(
  Type.Enum(entropies, {
    default: 'none',
    description: 'lossless coding of the bytes, where it makes them fewer',
  }),
);

export const flopsPerParameter = nullable(
  Type.Number({ minimum: 0 }),
  'floating-point operations of a client’s device for each parameter that it encodes (gigaflops per thousand ' +
    'million); null: as docs/compression.md counts them',
);

/** A share above 0, up to 1. */
export const shareOf = (value: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1, default: value, description });

/** The options of a codec that changes what it encodes. */
export const lossy = (defaults: { readonly delta: boolean; readonly errorFeedback?: boolean }) => ({
  delta: delta(defaults.delta),
  errorFeedback: errorFeedback(defaults.errorFeedback ?? false),
  entropy,
  flopsPerParameter,
});
