import { together } from '../strategies/strategies.js';
import type { RunOptions } from './options.js';

/** The options with what the scenario's script brings along; what the caller gives goes before. */
export function withScript(options: RunOptions): RunOptions {
  const { script, strategies = {}, observers = [], executor = script?.executor } = options;
  if (!script) return options;
  return {
    ...options,
    strategies: together(strategies, script.strategies),
    observers: [...observers, ...script.observers],
    ...(executor && { executor }),
  };
}
