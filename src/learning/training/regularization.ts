import Type from 'typebox';
import { atLeastZero } from '../../settings/form.js';

/** What holds training back, of any method. */
export const regularization = {
  weightDecay: atLeastZero(
    0,
    'decoupled (AdamW): a step shrinks what is tuned by its learning rate times this, of itself',
  ),
  loraDropout: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
    description:
      'probability with which a LoRA module loses an entry of what it reads, while it trains (PEFT)',
  }),
};
