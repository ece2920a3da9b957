import { UserError } from '../errors.js';
import type { TraceEntry } from './trace.js';
import type { TraceQuery } from './trace-query.js';

/**
 * Refuses a query that names what a run does not have: a client, or a step, stage or round that never was (a round of
 * the stage, where that is named too). `run` says which run, `clients` are the ids of its clients. UserError with what
 * there is.
 */
export function requireKnown(
  query: TraceQuery,
  run: string,
  { clients, story }: { readonly clients: readonly string[]; readonly story: readonly TraceEntry[] },
): void {
  const { stage } = query;
  const ofStage = story.filter((entry) => stage === null || entry.stage === stage);
  const known = {
    client: [...clients, 'server'],
    stage: [...new Set(story.flatMap((entry) => entry.stage ?? []))],
    step: [...new Set(story.flatMap((entry) => entry.step ?? []))].sort(),
    round: [...new Set(ofStage.flatMap((entry) => entry.round ?? []))].sort((a, b) => a - b),
  };
  for (const key of ['client', 'stage', 'step', 'round'] as const) {
    const value = query[key];
    const there: readonly (string | number)[] = known[key];
    if (value === null || there.includes(value)) continue;
    const whose = key === 'round' && stage !== null ? `stage ${stage} of ${run}` : run;
    throw new UserError(`${key} ${value}: is not in ${whose}, expected ${listed(there)}`);
  }
}

const most = 16;

/** All of few, the first and the last of many. */
function listed(values: readonly (string | number)[]): string {
  if (values.length === 0) return 'nothing, as it has none';
  if (values.length <= most) return values.map((value) => `"${value}"`).join(', ');
  return `${values
    .slice(0, most - 2)
    .map((value) => `"${value}"`)
    .join(', ')}, … "${values.at(-2)}", "${values.at(-1)}"`;
}
