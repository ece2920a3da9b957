import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Scenario } from '../scenario/schema.js';

/**
 * Where a run's records go unless `--out` says: `runs/<scenario>-<method>-<seed>`. Settings that the command line
 * changes add the first eight hexadecimal digits of their SHA-256, so that one variant does not replace another.
 */
export function defaultFolder({ name, method, seed }: Scenario, set: readonly string[]): string {
  const named = /^(method|seed)=/;
  const changes = set.filter((setting) => !named.test(setting));
  const hash = createHash('sha256').update(changes.join('\n')).digest('hex').slice(0, 8);
  return join('runs', [name, method, seed, ...(changes.length === 0 ? [] : [hash])].join('-'));
}
