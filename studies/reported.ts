import { UserError } from '../src/errors.js';

/** Runs a study; what its user can mend is one line and exit code 2. */
export async function reported(study: () => Promise<void>): Promise<void> {
  await study().catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  });
}
