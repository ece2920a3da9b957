import { perObjective } from '../objective.js';
import { stream } from '../../simulation/random/stream.js';
import { UserError } from '../../errors.js';
import { groupedBy } from '../../grouped.js';
import { promptKey } from './overlap.js';
import type { Dealing } from './settings.js';
import type { ClientData, Example } from './types.js';

/*
 * Clients that take no part in the federation: what they hold is dealt after everybody else's and by draws of their
 * own, so that they change nothing of anybody's (decision D3).
 */

/** Newcomers are measured on instructions alone. */
export const nothingToAlign = (): Pick<ClientData, 'pairs' | 'prompts'> => ({
  pairs: perObjective(() => ({ train: [], validation: [], test: [] })),
  prompts: { train: [], test: [] },
});

/**
 * The rows of a file that no member has, dealt to newcomers evenly and whatever their class, rows of equal prompts
 * together. UserError where they do not suffice.
 */
export function dealToNewcomers(
  { name, data }: Dealing,
  ids: readonly string[],
  rest: readonly Example[],
  taken: ReadonlySet<string>,
  seed: number,
): ClientData[] {
  if (ids.length === 0) return [];
  const each = data.examplesPerClient + 2 * data.testPerClient;
  const free = [...groupedBy(rest, promptKey)].filter(([prompt]) => !taken.has(prompt));
  if (free.length < ids.length * each) {
    throw new UserError(
      `scenario ${name}: /clients/newcomers: is ${ids.length}, expected fewer (or more rows): members leave ` +
        `${free.length} different instructions, and each newcomer takes ${each}`,
    );
  }
  const dealt = stream(seed, 'rows of newcomers').shuffle(free.map(([, [first]]) => first!));
  return ids.map((id, index): ClientData => {
    const own = dealt.slice(index * each, (index + 1) * each);
    return {
      id,
      test: own.slice(0, data.testPerClient),
      validation: own.slice(data.testPerClient, 2 * data.testPerClient),
      train: own.slice(2 * data.testPerClient),
      shared: [],
      ...nothingToAlign(),
    };
  });
}
