import { isDeepStrictEqual } from 'node:util';
import { afterDelay, type Mishaps } from '../../simulation/mishaps.js';
import type { Executor } from './executor.js';
import type { TaskKind, TaskRequest } from './task.js';
import { TryFailed } from './task-failure.js';

/** An executor whose tries come late or fail; what supervises it makes them again. */
export function unluckyTries(executor: Executor, mishaps: Mishaps): Executor {
  return {
    run: async <K extends TaskKind>(request: TaskRequest<K>, attempt?: Parameters<Executor['run']>[1]) => {
      if ((await afterDelay(mishaps.at('try', request.key))) === 'fail') {
        throw new TryFailed('exit', 'a mishap of the soak ended the try');
      }
      return executor.run(request, attempt);
    },
    fingerprint: () => executor.fingerprint(),
    close: () => executor.close(),
  };
}

/** An executor whose results come late, or are made twice. Rejects where the two differ. */
export function unluckyResults(executor: Executor, mishaps: Mishaps): Executor {
  return {
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const result = await executor.run(request);
      if ((await afterDelay(mishaps.at('result', request.key))) !== 'repeat') return result;
      const again = await executor.run(request);
      if (isDeepStrictEqual(again, result)) return again;
      throw new Error(`task ${request.kind} (key ${request.key}) was made twice and came to two results`);
    },
    fingerprint: () => executor.fingerprint(),
    close: () => executor.close(),
  };
}
