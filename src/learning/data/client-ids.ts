/** The names of a run's clients, in their order. */
export function clientIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `client-${index + 1}`);
}
