/** What becomes of a try. `result` and `poison` are what it gives back. */
export type Fate =
  | 'result'
  | 'exit'
  | 'hang'
  | 'memory'
  | 'throw'
  | 'uncaught'
  | { readonly gives: unknown }
  | { readonly afterMilliseconds: number };

/** What becomes of the tries of a task, one by one, and of all later ones; `tries` counts them over all threads. */
export interface Fated {
  readonly fates: readonly Fate[];
  readonly tries: Int32Array;
  readonly result: unknown;
}

/** A worker that suffers what its task says, and else gives back the result that the task brings along. */
export default async function work({ hyper }: { readonly hyper: Fated }): Promise<unknown> {
  const fate = hyper.fates[Atomics.add(hyper.tries, 0, 1)] ?? 'result';
  return suffer(fate, hyper.result);
}

export async function suffer(fate: Fate, result: unknown): Promise<unknown> {
  if (typeof fate === 'object') {
    if ('gives' in fate) return fate.gives;
    await new Promise((resolve) => setTimeout(resolve, fate.afterMilliseconds));
    return result;
  }
  switch (fate) {
    case 'exit':
      return process.exit(3);
    case 'hang':
      for (;;);
    case 'memory':
      for (const kept: unknown[] = []; ;) kept.push(Array(1e5).fill({}));
    case 'throw':
      throw new Error('the task is wrong');
    case 'uncaught':
      setImmediate(() => {
        throw new Error('nobody catches this');
      });
      return new Promise(() => {});
    case 'result':
      return result;
  }
}
