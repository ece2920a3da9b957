import type { Roster, Select } from './discipline.js';

/**
 * Clients that could take an order: of whom nothing is expected, or only what is past the deadline, and none
 * of whose updates waits to be aggregated.
 */
export function idle({ clients, working, atHand, deadlineSeconds }: Roster): readonly string[] {
  const waiting = new Set(atHand.map(({ client }) => client));
  const isAtWork = (client: string) => client in working && working[client]!.seconds < deadlineSeconds;
  return clients.filter((client) => !isAtWork(client) && !waiting.has(client));
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
  const { working, deadlineSeconds, cohortSize } = roster;
  const atWork = Object.values(working).filter(({ seconds }) => seconds < deadlineSeconds);
  const places = Math.min(cohortSize - atWork.length, among.length);
  return places <= 0 ? [] : select(among, places);
}

/** Clients all of whose answer is at hand, first come first. */
export function complete({ atHand, settled }: Roster): readonly string[] {
  const done = new Set(settled);
  return atHand.flatMap(({ client }) => (done.has(client) ? [client] : []));
}

/** Whether nothing more will come of a version's cohort. */
export function allSettled({ cohort, settled }: Roster): boolean {
  const done = new Set(settled);
  return cohort.every((client) => done.has(client));
}

/** Whether there is nobody left to wait for. */
export function nobodyWorks({ working }: Roster): boolean {
  return Object.keys(working).length === 0;
}
