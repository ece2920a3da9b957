import Type from 'typebox';
import { discipline } from './discipline.js';
import { complete, fillPlaces, nobodyWorks, refillPlaces } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = Infinity;

/**
 * The server gathers answers, and every so many make a version (Nguyen et al., "Federated learning with
 * buffered asynchronous aggregation", arXiv 2106.06639; the mean of deltas is the aggregation "fedbuff", with
 * what was sent before "ca2fl"). Places that fall free are taken at once by clients whose last update is not
 * in the buffer: the buffer holds one of each.
 */
export const buffered = discipline({
  name: 'buffered',
  description: 'every so many answers make a version',
  usualStaleness,
  options: Type.Object({
    size: Type.Integer({ minimum: 1, default: 10, description: 'answers that make a version: K' }),
  }),
  atOnce: ({ size }) => size,
  make: ({ size, ...settings }) => ({
    ...staleness(settings, usualStaleness),
    invite: fillPlaces,
    refill: refillPlaces,
    isDue: (roster) => complete(roster).length >= size || nobodyWorks(roster),
    deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
  }),
});
