import type { Selection } from './index.js';

/** Every client, every round: the paper's own setting. */
export const selectAll: Selection = (clients) => clients;
