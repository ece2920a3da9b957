import { Hand, type Tried } from './crew.js';
import type { Found, Part, Size } from './part.js';
import type { Written } from './random-scenario.js';
import { shrunk, type Json } from './shrink.js';
import { troubledScenario } from './troubled-scenario.js';

const counts: Readonly<Record<Size, number>> = { small: 100, full: 10_000 };
const processes = 2;
/** Of real time, for both runs of a scenario: most take less than one, but the machine may have other work. */
const limitSeconds = 300;

/** Random scenarios with troubles of all kinds, each run twice. */
export const scenarios: Part = {
  name: 'scenarios',
  what: 'random scenarios with random faults, twice: every run ends as it may, in time, with one trace hash',
  run: async (size, seed, stop) => {
    const hands = Array.from({ length: processes }, () => new Hand(limitSeconds));
    try {
      return await tried(hands, counts[size], seed, stop);
    } finally {
      for (const hand of hands) hand.close();
    }
  },
};

/** Numbers of scenarios that one seed has to itself: some are refused, and others are drawn in their place. */
const numbersOfSeed = 1e6;

async function tried(
  hands: readonly Hand[],
  wanted: number,
  seed: number,
  stop: AbortSignal,
): Promise<Found> {
  const ends: Record<string, number> = {};
  const failures: string[] = [];
  const sums = { mishaps: 0, 'rounds held to an answer': 0 };
  let begun = 0;
  let ran = 0;
  let number = numbersOfSeed * (seed - 1);
  async function work(hand: Hand): Promise<void> {
    while (begun < wanted && !stop.aborted) {
      begun += 1;
      const own = ++number;
      const written = troubledScenario(own);
      const { end, problem, mishaps, roundsWhenWell } = await hand.try({ written, mishapSeed: own });
      ends[end] = (ends[end] ?? 0) + 1;
      if (end === 'refused') {
        begun -= 1;
        continue;
      }
      ran += 1;
      if (process.stderr.isTTY || ran % 500 === 0) process.stderr.write(`  ${ran} of ${wanted} scenarios\r`);
      sums.mishaps += mishaps;
      sums['rounds held to an answer'] += roundsWhenWell;
      if (problem !== null) failures.push(await failureOf(hand, own, written, problem));
    }
  }
  await Promise.all(hands.map(work));
  return { figures: { scenarios: ran, 'last number': number, ...ends, ...sums }, failures };
}

/** A failure with the smallest scenario that fails alike. */
async function failureOf(hand: Hand, number: number, written: Written, problem: string): Promise<string> {
  const failsAlike = async (candidate: Json) => {
    const { problem: found } = await hand.try({ written: candidate as Written, mishapSeed: number });
    return found !== null && kindOf(found) === kindOf(problem);
  };
  // What they stand for by default is large, or really trains.
  const keep = ['learning', 'data', 'model'];
  const smallest = await shrunk(written as Json, { fails: failsAlike, keep, mostTries: 300 });
  return `scenario ${number}: ${problem}\n    ${JSON.stringify(smallest)}`;
}

/** A problem without what is of this run alone: its first words, without names and numbers. */
function kindOf(problem: Tried['problem'] & string): string {
  return problem.replace(/[0-9a-f]{8,}|[0-9.]+/g, '#').slice(0, 60);
}
