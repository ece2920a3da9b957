import Type, { type Static } from 'typebox';
import { closedOrNull, fraction } from '../../settings/form.js';
import { orders } from './order.js';

/** `server.partial`. */
export const Partial = closedOrNull(
  {
    order: Type.Enum(Object.keys(orders) as (keyof typeof orders)[], {
      default: 'relative-change',
      description:
        'how the tensors of an update lie in its packets. given: in the order of the model; relative-change: the ' +
        'greatest ‖w − w₀‖ / ‖w‖ first, w₀ as the work began; change-per-value: the greatest ‖w − w₀‖ / √d first, ' +
        'd values in it',
    }),
    leastShare: fraction(0, 'share of an update’s parameters below which what arrived of it is left out'),
  },
  'what the server does with an update that its link gave up: of one whose packets came in part it uses the tensors ' +
    'that are whole (docs/compression.md); null: nothing',
);

export type PartialSettings = NonNullable<Static<typeof Partial>>;
