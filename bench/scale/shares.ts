import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

/** Where time goes, by what of a profile's addresses names it; the first that fits. */
const places: readonly (readonly [name: string, part: RegExp])[] = [
  ['xstate', /node_modules\/xstate\//],
  ['rxjs', /node_modules\/rxjs\//],
  ['records', /\/src\/records\//],
  ['actors', /\/(src\/actors|machines)\//],
  ['radio', /\/src\/radio\//],
  ['simulation', /\/src\/simulation\//],
  ['learning', /\/src\/(learning|strategies)\//],
  ['node', /^node:/],
];

/** Calls `work`, and says which share of its time each place has by itself; null where nobody asks. */
export async function sharesOf<T>(
  work: () => Promise<T>,
  isAsked: boolean,
): Promise<readonly [T, Readonly<Record<string, number>> | null]> {
  if (!isAsked) return [await work(), null];
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  const given = await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return [given, sharesIn(profile)];
}

function sharesIn({ nodes, samples = [] }: Profiler.Profile): Readonly<Record<string, number>> {
  const placeOf = new Map(nodes.map(({ id, callFrame }) => [id, placed(callFrame)]));
  const counts: Record<string, number> = {};
  for (const sample of samples) {
    const place = placeOf.get(sample)!;
    counts[place] = (counts[place] ?? 0) + 1 / samples.length;
  }
  return counts;
}

function placed({ functionName, url }: Profiler.ProfileNode['callFrame']): string {
  if (functionName === '(garbage collector)') return 'garbageCollection';
  if (functionName === '(idle)') return 'idle';
  return places.find(([, part]) => part.test(url))?.[0] ?? 'other';
}
