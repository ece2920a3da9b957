/** What a preference is about: every client has pairs, a reward model and a critic for each (Steps 2.2 to 3.3). */
export type Objective = 'helpful' | 'harmless';

/** In the order in which rows, random draws and sums go over them. */
export const objectives: readonly Objective[] = ['helpful', 'harmless'];

export type PerObjective<T> = Readonly<Record<Objective, T>>;

/** How much each objective counts for a client (Step 3.2); the weights sum to 1. */
export type Weights = PerObjective<number>;

/** One value per objective, made by the same function. */
export function perObjective<T>(make: (objective: Objective) => T): PerObjective<T> {
  return { helpful: make('helpful'), harmless: make('harmless') };
}

/** Figures by names that have the objective in the place of the star, as "loss_*". */
export function byName<T>(name: string, values: PerObjective<T>): Record<string, T> {
  return Object.fromEntries(objectives.map((objective) => [name.replace('*', objective), values[objective]]));
}
