import { sum } from '../../moments.js';
import { violationsOf, type AggregatedUpdate, type Checker } from './checker.js';

const fail = violationsOf('weights');

/** They come as float32, each rounded by itself. */
const rounding = 1e-5;

/**
 * The weights of an aggregate's updates are finite, none is below zero, and they sum to what their rule says; what is
 * left of the global model makes them 1. The rule weighs by the rows and the staleness that the updates have.
 */
export function weights(): Checker {
  let aggregated: readonly AggregatedUpdate[] = [];
  return {
    onAggregate(updates) {
      aggregated = updates;
    },
    onState(event) {
      if (event.type !== 'weights') return;
      const { stage, round, part, weights: found, sum: expected, left } = event;
      const where = `${stage} round ${round}, ${part}`;
      for (const { client, rows, staleness } of event.updates) {
        const isOne = (one: AggregatedUpdate) =>
          one.from === client && one.rows === rows && one.staleness === staleness && part in one.params;
        if (aggregated.some(isOne)) continue;
        fail(`${where}: ${client}'s update is weighed by ${rows} rows and as ${staleness} versions old`);
      }
      const wrong = found.find((weight) => !(Number.isFinite(weight) && weight >= 0));
      if (wrong !== undefined) fail(`${where}: an update has the weight ${wrong}`);
      const total = sum(found);
      if (!isNear(total, expected)) fail(`${where}: the weights sum to ${total}, by the rule to ${expected}`);
      if (!isNear(total + left, 1))
        fail(`${where}: the weights sum to ${total}, and ${left} of the global model is left`);
    },
  };
}

const isNear = (found: number, expected: number) =>
  Math.abs(found - expected) <= rounding * Math.max(1, expected);
