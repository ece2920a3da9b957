import Type from 'typebox';
import {
  paramSet,
  strategy,
  tensorsOf,
  type Aggregation,
  type AggregationSettings,
} from '../../../src/index.js';

/**
 * FedAvg with server momentum (Hsu, Qi and Brown, Measuring the Effects of Non-Identical Data Distribution,
 * 2019): v becomes beta v + (x - mean), x becomes x - v. The velocity is remembered.
 */
export const heavyBall = strategy({
  name: 'heavy-ball',
  description: 'mean with server momentum',
  options: Type.Object(
    { beta: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9 }) },
    { additionalProperties: false },
  ),
  make:
    ({ beta }: AggregationSettings & { beta: number }): Aggregation =>
    ({ global, updates, memory }) => {
      const start = global ?? updates[0]!.params;
      const velocity = memory.sets['velocity']?.values ?? new Float32Array(start.values.length);
      const next = velocity.map((v, i) => {
        const mean = updates.reduce((sum, { params }) => sum + params.values[i]!, 0) / updates.length;
        return beta * v + (start.values[i]! - mean);
      });
      const withValues = (values: Float32Array) => {
        let at = 0;
        const tensors = [...tensorsOf(start)].map(({ name, shape, values: old }) => {
          const own = values.subarray(at, at + old.length);
          at += old.length;
          return { name, shape, values: own };
        });
        return paramSet(start.kind, tensors);
      };
      return {
        global: withValues(start.values.map((x, i) => x - next[i]!)),
        memory: {
          sets: { velocity: withValues(next) },
          notes: { versions: Number(memory.notes['versions'] ?? 0) + 1 },
        },
      };
    },
});
