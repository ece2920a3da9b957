import type { Stage } from '../../machines/protocol.js';
import type { MessageRow } from './rows.js';
import type { StalenessCount } from './summary.js';

/**
 * Of the updates of a stage that were averaged: how many were so many versions behind, fewest first. An update
 * of round r that is in the aggregate of round a is a − r versions behind. The two of a client's reward models
 * are two.
 */
export function staleness(messages: readonly MessageRow[], stage: Stage): readonly StalenessCount[] {
  const counts = new Map<number, number>();
  for (const row of messages) {
    if (row.stage !== stage || row.aggregatedIn === null) continue;
    const versions = row.aggregatedIn - row.round;
    counts.set(versions, (counts.get(versions) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([versions, updates]) => ({ versions, updates }));
}

/** The same for each stage. */
export function stalenessOfStages(
  messages: readonly MessageRow[],
): Readonly<Record<Stage, readonly StalenessCount[]>> {
  return {
    instruction: staleness(messages, 'instruction'),
    reward: staleness(messages, 'reward'),
    alignment: staleness(messages, 'alignment'),
  };
}
