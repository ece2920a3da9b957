import Type from 'typebox';
import type { History } from '../../../machines/server.js';
import { sum } from '../../moments.js';
import { ratioOfDecibels } from '../../radio/channel/rate.js';
import { greatestOf, inOrder } from './picks.js';
import { selection } from './selection.js';

/**
 * Those with the highest r / R: r the rate that the uplink has now, R the exponential average over the versions
 * of what the client was served, R ← (1 − 1/w) R + r/w where it was asked and (1 − 1/w) R where not (the
 * scheduler of proportional fairness: Kelly, Maulloo and Tan, J. Oper. Res. Soc. 49, 1998; Jalali, Padovani
 * and Pankaj, VTC 2000). Rates are Shannon's at the mean SNR, in bit/s/Hz: all clients have the same
 * bandwidth. Who was never served comes first; equals by lot.
 */
export const proportionalFair = selection({
  name: 'proportional-fair',
  description: 'those whose uplink is good beside what they were served',
  options: Type.Object({
    window: Type.Number({
      minimum: 1,
      default: 10,
      description: 'versions that the average of what was served goes over: w',
    }),
  }),
  make:
    ({ window }) =>
    ({ clients, size, version, history, profiles }, draw) =>
      inOrder(
        clients,
        greatestOf(
          draw.shuffle(clients),
          size,
          (client) => rate(profiles[client]!.uplinkSnrDb) / served(history[client]!, version, window),
        ),
      ),
});

/** R before this version: what the client was asked for weighs the less, the longer ago it is. */
function served({ asked }: History, version: number, window: number): number {
  // Who was asked for this version already counts like who was asked for the one before.
  const age = (of: number) => Math.max(0, version - 1 - of);
  const weight = (of: number) => (1 - 1 / window) ** age(of) / window;
  return sum(asked.map((order) => weight(order.version) * rate(order.uplinkSnrDb)));
}

function rate(snrDb: number): number {
  return Math.log1p(ratioOfDecibels(snrDb)) / Math.LN2;
}
