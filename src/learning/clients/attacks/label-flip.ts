import type { Stream } from '../../../simulation/random/stream.js';
import type { ClientData, Example, PreferencePair, ThreeWaySplit } from '../../data/types.js';
import { perObjective } from '../../objective.js';
import type { AttackStrategy } from './attack.js';

/**
 * Trains on wrong labels (Biggio et al., "Support vector machines under adversarial label noise", ACML 2011): its training
 * rows' responses change places among themselves, none stays; chosen and rejected of its training pairs are swapped.
 * What it measures itself on stays right.
 */
export const labelFlip: AttackStrategy = {
  name: 'label-flip',
  description: 'trains on responses of other rows, and on pairs with chosen and rejected swapped',
  make: () => ({
    data: (own: ClientData, draw: Stream): ClientData => ({
      ...own,
      train: exchanged(own.train, draw),
      pairs: perObjective((objective) => swapped(own.pairs[objective])),
    }),
  }),
};

/** One cycle through all rows, in a drawn order: each gets the response of the next. */
function exchanged(rows: readonly Example[], draw: Stream): readonly Example[] {
  const order = draw.shuffle(rows.map((_, index) => index));
  const next = new Map(order.map((row, place) => [row, order[(place + 1) % order.length]!]));
  return rows.map(({ output: _, content: __, ...row }, index) => {
    const { output, content } = rows[next.get(index)!]!;
    return { ...row, output, ...(content && { content }) };
  });
}

function swapped({ train, ...heldOut }: ThreeWaySplit<PreferencePair>): ThreeWaySplit<PreferencePair> {
  return {
    train: train.map(({ chosen, rejected, ...pair }) => ({ ...pair, chosen: rejected, rejected: chosen })),
    ...heldOut,
  };
}
