import Type from 'typebox';
import { discipline } from './discipline.js';
import { fillPlaces } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = Infinity;

/** Time makes the versions: whatever came in since the last one, every so many seconds. */
export const timed = discipline({
  name: 'timed',
  description: 'a version every so many seconds, of what came in',
  usualStaleness,
  options: Type.Object({
    everySeconds: Type.Number({ exclusiveMinimum: 0, description: 'virtual seconds between two versions' }),
  }),
  make: ({ everySeconds, ...settings }) => ({
    ...staleness(settings, usualStaleness),
    invite: fillPlaces,
    isDue: () => false,
    deadlineSeconds: () => everySeconds,
  }),
});
