import { spawnSync } from 'node:child_process';

let absent: string | null | undefined;

/**
 * The Python that `PWFF_PYTHON` names. Where it has no torch and transformers the tests of a describe block that calls
 * this in its `before` are skipped and the reason is printed.
 */
export function needsPython(context: Mocha.Context): string {
  const python = process.env.PWFF_PYTHON;
  if (python === undefined) {
    console.log('      skipped: PWFF_PYTHON names no Python');
    return context.skip();
  }
  context.timeout(300_000);
  absent ??= whatLacks(python);
  if (absent === null) return python;
  console.log(`      skipped: ${python} (PWFF_PYTHON): ${absent}`);
  return context.skip();
}

function whatLacks(python: string): string | null {
  const code = 'import torch, transformers';
  const { status, stderr, error } = spawnSync(python, ['-c', code], { encoding: 'utf8', timeout: 240_000 });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim().split('\n').at(-1)!;
}
