/** How the cores of a machine are shared. */
export interface Crew {
  /** Runs at a time, each in a process of its own. */
  readonly jobs: number;
  /** Worker threads of each. */
  readonly workers: number;
}

/**
 * As many runs at a time as there are cores, each with one worker; only where fewer runs are left do they share the
 * cores between them. Several runs of one worker come further than one run of several (docs/studies.md has figures).
 *
 * @param asked Runs at a time, where the user says so.
 */
export function crewFor(runs: number, cores: number, asked: number = cores): Crew {
  const jobs = Math.max(1, Math.min(runs, asked));
  return { jobs, workers: Math.max(1, Math.floor(cores / jobs)) };
}
