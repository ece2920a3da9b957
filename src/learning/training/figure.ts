import { sum } from '../../moments.js';

/** A figure of a task; null where there was nothing to measure it on. */
export type Figure = number | null;

/** A task's figures, by name or first by what they are about. */
export interface Figures {
  readonly [name: string]: Figure | Figures;
}

/** The sum of some figures, in their order; null where one of them was not measured, and of none. */
export function sumOfFigures(figures: readonly Figure[]): Figure {
  const measured = figures.filter((figure) => figure !== null);
  return measured.length === 0 || measured.length < figures.length ? null : sum(measured);
}

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

/** By the names of the records: `accuracy` of `helpful` is `helpfulAccuracy`. */
export function namedFigures(figures: Figures): (readonly [name: string, value: Figure])[] {
  return Object.entries(figures).flatMap(([name, value]) =>
    typeof value === 'number' || value === null
      ? [[name, value] as const]
      : namedFigures(value).map(
          ([inner, figure]) => [name + inner[0]!.toUpperCase() + inner.slice(1), figure] as const,
        ),
  );
}
