import { join } from 'node:path';

export interface SlurmJob {
  /** Name of the study. */
  readonly name: string;
  readonly out: string;
  /** Elements of the array, each of which does one shard. */
  readonly tasks: number;
  /** Cores of each; it does as many runs at a time. */
  readonly cores: number;
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** What follows "pwff sweep", without --out, --shard and --jobs. */
  readonly args: readonly string[];
}

/**
 * A script for Slurm's `sbatch`: a job array, each of whose elements does one shard of the study. Submitting it again
 * goes on with what is not done. `PWFF` in the environment names another command than `npx pwff`.
 */
export function slurmScript({ name, out, tasks, cores, folder, args }: SlurmJob): string {
  const words = [...args, '--out', out, '--jobs', String(cores)].map(quoted).join(' ');
  return `#!/bin/bash
#SBATCH --job-name=${name}
#SBATCH --array=1-${tasks}
#SBATCH --cpus-per-task=${cores}
#SBATCH --output=${join(out, 'slurm-%A_%a.log')}
set -euo pipefail
cd ${quoted(folder)}
read -ra pwff <<< "\${PWFF:-npx pwff}"
exec "\${pwff[@]}" sweep ${words} --shard "\${SLURM_ARRAY_TASK_ID}/${tasks}"
`;
}

/** A word as a shell takes it, in quotes where it needs them. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
