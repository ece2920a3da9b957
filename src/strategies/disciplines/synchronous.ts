import type { DisciplineStrategy } from './discipline.js';
import { allSettled } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = 0;

/**
 * The paper's rounds: a cohort is asked, and its updates are aggregated when all have answered who can, or at
 * the deadline. A late update is dropped, or counts in the round that it arrives in.
 */
export const synchronous: DisciplineStrategy = {
  name: 'synchronous',
  description: 'rounds: a cohort answers, or is late',
  usualStaleness,
  make: (settings) => ({
    ...staleness(settings, usualStaleness),
    invite: ({ clients }, select) => select(clients),
    isDue: allSettled,
    deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
  }),
};
