import { tensorsOf } from '../../learning/params/param-set.js';
import { InvariantViolation, type Checker } from './checker.js';

/** No parameter is NaN or infinite: training that diverged must not go on as numbers. */
export function finiteTensors(): Checker {
  return {
    onParams(set) {
      for (const { name, values } of tensorsOf(set)) {
        const index = values.findIndex((value) => !Number.isFinite(value));
        if (index < 0) continue;
        throw new InvariantViolation(
          'finite tensors',
          `${set.kind} tensor ${name} is ${values[index]} at index ${index}; try a smaller learning rate`,
        );
      }
    },
  };
}
