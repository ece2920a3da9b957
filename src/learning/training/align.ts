import { algorithms } from './algorithms/index.js';
import type { TaskFunction } from './task.js';

/** Steps 3.2 and 3.3 by the scenario's algorithm. */
export const align: TaskFunction<'align'> = (request) => algorithms[request.hyper.algorithm](request);
