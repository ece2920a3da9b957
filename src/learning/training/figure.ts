/** A figure of a task; null where there was nothing to measure it on. */
export type Figure = number | null;

/** What follows from some figures; null where one of them was not measured. */
export function derived(figures: readonly [Figure], from: (one: number) => number): Figure;
export function derived(
  figures: readonly [Figure, Figure],
  from: (one: number, other: number) => number,
): Figure;
export function derived(figures: readonly Figure[], from: (...measured: number[]) => number): Figure {
  const measured = figures.filter((figure) => figure !== null);
  return measured.length === figures.length ? from(...measured) : null;
}
