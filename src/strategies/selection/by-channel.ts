import { greatestOf, inOrder } from './picks.js';
import type { SelectionStrategy } from './selection.js';

/** Those with the best mean uplink SNR at the moment, path loss and shadowing included; equals by lot. */
export const byChannel: SelectionStrategy = {
  name: 'by-channel',
  description: 'those with the best uplink',
  make:
    () =>
    ({ clients, size, profiles }, draw) =>
      inOrder(
        clients,
        greatestOf(draw.shuffle(clients), size, (client) => profiles[client]!.uplinkSnrDb),
      ),
};
