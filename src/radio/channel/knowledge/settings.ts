import Type from 'typebox';
import { atLeastZero, closedOrNull, type Settings } from '../../../settings/form.js';

const knowledge = {
  errorVariance: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
    description: 'v of the estimate sqrt(1 - v) h + sqrt(v) n of the gain’s amplitude h, n Gaussian',
  }),
  delaySeconds: atLeastZero(0, 'age of the gain that the sender knows'),
  marginDb: atLeastZero(0, 'by which the sender stays below the rate that it believes in'),
};

/** What a sender knows of its gain. */
export const knowledgeSettings = {
  knowledge: closedOrNull(
    knowledge,
    'of the sender about the gain of a block; null: it knows the gain exactly. A block whose rate exceeds what ' +
      'its true gain carries is lost',
  ),
};

export type KnowledgeSettings = Settings<typeof knowledgeSettings>;
