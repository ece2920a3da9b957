import { traceOf } from '../records/trace.js';
import { oncePerGrowth } from './once-per-growth.js';

/** The story of a run so far, in the order of time. */
export const storyOf = oncePerGrowth(({ metrics, messages }) => traceOf(metrics, messages));
