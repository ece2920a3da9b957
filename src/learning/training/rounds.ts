import Type, { type Static } from 'typebox';
import { atLeastZero, closed, count } from '../../settings/form.js';

const Convergence = closed(
  {
    minimumImprovement: atLeastZero(0.002, 'relative fall of the mean loss that still counts as progress'),
    patience: count(1, 3, 'rounds without such a fall after which the stage has converged'),
  },
  {
    default: {},
    description: 'The criterion of Steps 1.5, 2.5 and 3.5, on the mean loss the clients report',
  },
);

/** When a stage ends, and each of its rounds. */
export const rounds = (maximum: number, deadlineSeconds: number) => ({
  maxRounds: count(1, maximum, 'the stage ends after so many rounds, converged or not'),
  deadlineSeconds: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
    default: deadlineSeconds,
    description: 'virtual seconds after which the server closes a round; null: it waits for every client',
  }),
  convergence: Convergence,
});

export type Convergence = Static<typeof Convergence>;
