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

/** How steps go down gradients. */
export const optimizer = Type.Enum(['adam', 'sgd'], {
  default: 'adam',
  description: 'of adapters and LoRA: "sgd" is a plain step, without momentum, at the same learning rates',
});

/** What becomes of Adam's moments from round to round. */
export const optimizerState = Type.Enum(['reset', 'keep-private', 'keep'], {
  default: 'reset',
  description:
    'Adam’s moments of a client from round to round: "reset" starts anew in each; "keep-private" keeps those of ' +
    'what does not leave the client in that stage (private parts, critics); "keep" those of shared parts too',
});

export type Convergence = Static<typeof Convergence>;
