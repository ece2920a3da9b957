/**
 * A worker that ends under its first `deaths` tasks; `lives` counts the tasks it was given, over all threads.
 */
export interface Deadly {
  readonly deaths: number;
  readonly lives: Int32Array;
  readonly throws?: boolean;
}

export default function work({ hyper }: { readonly hyper: Deadly }): string {
  const tasks = Atomics.add(hyper.lives, 0, 1);
  if (hyper.throws) throw new Error('the task is wrong');
  if (tasks < hyper.deaths) process.exit(3);
  return 'done';
}
