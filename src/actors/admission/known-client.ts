import type { Check } from './check.js';

/** It is of a client of the run, and of the one whose link it came over. */
export const knownClient: Check = {
  name: 'client',
  readsValues: false,
  of: ({ from, upload: { inNameOf = from } }, { isClient }) => {
    if (!isClient(from)) return `${from} is no client of the run`;
    return inNameOf === from ? null : `it says that it is of ${inNameOf}, and came from ${from}`;
  },
};
