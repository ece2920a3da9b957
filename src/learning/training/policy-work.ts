import type { TunedSets } from '../model/slots.js';
import type { Optimizers } from './optimizers.js';
import type { PhaseInputs } from './phase.js';
import type { TaskRequest } from './task.js';

/** A client's work on what is tuned, which is changed in place, as its phases see it. */
export function workOf(
  { model, params, hyper }: Pick<TaskRequest<'align'>, 'model' | 'params' | 'hyper'>,
  tuned: TunedSets,
  optimizers: Optimizers,
): PhaseInputs {
  const { start = params.tuned, state = {} } = params;
  return { shape: model, now: tuned, start, state, options: hyper, optimizers };
}
