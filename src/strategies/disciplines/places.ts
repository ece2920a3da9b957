import type { Roster, Select } from './discipline.js';

/**
 * Clients that could take an order: of whom nothing is expected, or only what is past the deadline, and none
 * of whose updates waits to be aggregated.
 */
export function idle({ free, atHand }: Roster): readonly string[] {
  const waiting = new Set(atHand.map(({ client }) => client));
  return free.filter((client) => !waiting.has(client));
}

/** Some of the idle, so that as many are at work as the scenario wants. */
export function fillPlaces(roster: Roster, select: Select): readonly string[] {
  return filled(roster, select, idle(roster));
}

/**
 * The same while a version is open: who could not be reached, or gave nothing of use, is asked again with the next one,
 * not at once.
 */
export function refillPlaces(roster: Roster, select: Select): readonly string[] {
  const isAsked = new Set([...roster.unreached, ...roster.unusable]);
  const among = idle(roster).filter((client) => !isAsked.has(client));
  return filled(roster, select, among);
}

function filled(roster: Roster, select: Select, among: readonly string[]): readonly string[] {
  const { clients, free, cohortSize } = roster;
  const atWork = clients.length - free.length;
  const places = Math.min(cohortSize - atWork, among.length);
  return places <= 0 ? [] : select(among, places);
}

/** Clients all of whose answer is at hand, first come first. */
export function complete({ atHand, isSettled }: Roster): readonly string[] {
  return atHand.flatMap(({ client }) => (isSettled(client) ? [client] : []));
}

/** Whether nothing more will come of a version's cohort. */
export function allSettled({ atWork, cohort, isSettled }: Roster): boolean {
  return atWork === 0 || cohort.every(isSettled);
}

/** Whether there is nobody left to wait for. */
export function nobodyWorks({ atWork }: Roster): boolean {
  return atWork === 0;
}
