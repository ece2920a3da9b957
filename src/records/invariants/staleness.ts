import { updateName } from '../../../machines/events.js';
import type { DisciplineSettings, DisciplineStrategy } from '../../strategies/disciplines/discipline.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('staleness');

/** How far behind an update may be; Infinity where late ones count, or where a discipline has rules of its own. */
export function boundOf(
  { usualStaleness }: Pick<DisciplineStrategy, 'usualStaleness'>,
  { maxStaleness, late }: DisciplineSettings,
): number {
  if (late === 'accept' || late === 'urge' || usualStaleness === undefined) return Infinity;
  return maxStaleness ?? usualStaleness;
}

/**
 * The server counts no update of another stage, of a version that is not there yet, or further behind than the
 * scenario lets it be as it comes: one that waits for its aggregate grows older meanwhile.
 */
export function staleness(bound: number): Checker {
  let open: { readonly stage: string; version: number } | null = null;
  return {
    onState(event) {
      if (event.type === 'published' && event.by === 'stage') open = { stage: event.stage, version: 0 };
      if (event.type !== 'heeded' || !event.isTaken) return;
      const { stage, version } = event.answers;
      const name = `${event.from}'s ${updateName(event)}`;
      if (open?.stage !== stage) return fail(`${name} counts in ${open?.stage ?? 'no'} stage`);
      const behind = open.version - version;
      if (behind >= 0 && behind <= bound) return;
      fail(`${name} counts in version ${open.version}, ${behind} behind; the bound is ${bound}`);
    },
    onAggregate() {
      if (open) open.version += 1;
    },
  };
}
