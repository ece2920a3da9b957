/** The names of those who come when training is over. */
export function newcomerIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `newcomer-${index + 1}`);
}

/** The names of a run's clients, in their order. */
export function clientIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `client-${index + 1}`);
}
