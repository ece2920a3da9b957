import type { Stream } from '../../../simulation/random/stream.js';
import type { Strategy } from '../../../strategies/strategy.js';

/** How many times as long as it should a task takes: a draw of its own for each task. */
export type Slowdown = (draw: Stream) => number;

export type SlowdownStrategy = Strategy<Slowdown>;
