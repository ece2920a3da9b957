import Type from 'typebox';
import { strategy, type Discipline, type DisciplineSettings } from '../../../src/index.js';

/** Over-selection: everybody is asked, and the first answers make the version (Bonawitz et al., SysML 2019). */
export const firstAnswers = strategy({
  name: 'first-answers',
  description: 'the first answers make a version',
  options: Type.Object({ count: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  make: ({ count }: DisciplineSettings & { count: number }): Discipline => ({
    invite: ({ clients }) => clients,
    admits: ({ staleness }) => staleness === 0,
    isDue: ({ cohort, settled, atHand }) =>
      atHand.filter(({ client }) => settled.includes(client)).length >= count ||
      cohort.every((client) => settled.includes(client)),
    deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
  }),
});
