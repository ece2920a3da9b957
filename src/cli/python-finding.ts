import { spawnSync } from 'node:child_process';
import { oneLine } from '../errors.js';
import type { Finding } from './finding.js';

const versions =
  'from importlib.metadata import version as v; print(", ".join(f"{name} {v(name)}" for name in ("torch", "transformers")))';

/** Whether this Python has what `--executor python` needs; nothing of it is loaded. */
export function pythonFinding(python: string): Finding {
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', versions], {
    encoding: 'utf8',
    timeout: 20e3,
  });
  if (status === 0) return { verdict: 'ok', what: `PWFF_PYTHON has ${stdout.trim()}: --executor python` };
  const why = error?.message ?? stderr.split('\n').findLast((text) => text.includes('Error')) ?? stderr;
  return {
    verdict: 'could be better',
    what: `PWFF_PYTHON, ${python}, does not tell what --executor python needs (${oneLine(why)})`,
    advice: `to get it: ${python} -m pip install torch transformers (docs/python.md)`,
  };
}
