import Type from 'typebox';
import { choice, choiceOrNull, type Choice } from '../../settings/choice.js';
import { codecs } from './index.js';

/** The parts of the model that a choice can name: what clients and server send of what they train. */
const parts = ['adapters', 'lora', 'helpful', 'harmless'];

const byPart = (description: string) =>
  Type.Unsafe<Readonly<Record<string, Choice>>>({
    type: 'object',
    propertyNames: { enum: parts },
    additionalProperties: choice(Object.values(codecs), { description: 'of this part' }),
    default: {},
    description,
  });

/** Of both directions. */
export const compressionSettings = {
  compression: choice(Object.values(codecs), {
    default: 'none',
    description: 'of every parameter that travels; docs/compression.md',
  }),
  compressionByPart: byPart('by part of the model, in the place of `compression`'),
};

/** Of one direction. */
export const directionCompression = {
  compression: choiceOrNull(
    Object.values(codecs),
    'of this direction, in the place of the channel’s `compression` and `compressionByPart`; null: as they say',
  ),
  compressionByPart: byPart('by part of the model, in this direction'),
};

export interface DirectionCompression {
  readonly compression: Choice | null;
  readonly compressionByPart: Readonly<Record<string, Choice>>;
}
