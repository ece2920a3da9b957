import { algorithms } from './algorithms/index.js';
import type { TaskFunction, TaskRequest, TaskResult } from './task.js';

/**
 * Steps 3.2 and 3.3 by the scenario's algorithm, phase after phase where the method has several: each samples with
 * the model that it trains, on its share of the prompts. The figures are those of the last.
 */
export const align: TaskFunction<'align'> = async (request) => {
  const run = algorithms[request.hyper.algorithm];
  const [first, ...more] = request.hyper.phases ?? [];
  if (first === undefined) return run(request);
  let result = await run(phaseOf(request, first, null, 0));
  for (const [i, phase] of more.entries()) {
    const next = await run(phaseOf(request, phase, result, i + 1));
    const state = { ...result.output.state, ...next.output.state };
    result = { ...next, output: { ...next.output, ...(Object.keys(state).length > 0 && { state }) } };
  }
  return result;
};

type Phases = NonNullable<TaskRequest<'align'>['hyper']['phases']>;

/** The request of one phase, which goes on from what the one before it left. */
function phaseOf(
  { hyper, model, params, seed, ...request }: TaskRequest<'align'>,
  phase: Phases[number],
  before: TaskResult<'align'> | null,
  index: number,
): TaskRequest<'align'> {
  const { mixture = model.mixture } = phase;
  return {
    ...request,
    seed: index === 0 ? seed : `${seed}/phase ${index + 1}`,
    model: mixture ? { ...model, mixture } : model,
    hyper: {
      ...hyper,
      promptsPerRound: Math.max(1, Math.round(phase.share * hyper.promptsPerRound)),
      phases: [{ ...phase, share: 1 }],
    },
    params: {
      ...params,
      start: params.tuned,
      ...(before && { tuned: before.output.tuned, critics: before.output.critics }),
    },
  };
}
