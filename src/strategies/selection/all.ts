import type { SelectionStrategy } from './selection.js';

/** The paper's own setting. */
export const all: SelectionStrategy = {
  name: 'all',
  description: 'every client',
  make:
    () =>
    ({ clients }) =>
      clients,
};
