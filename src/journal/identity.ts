import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fingerprint } from '../learning/model/backend.js';
import { packageRoot } from '../paths.js';

/** What a result was made by: it answers a task of an equal identity alone (decision D8). */
export interface Identity {
  readonly format: 'pwff-journal-1';
  /** SHA-256 over pwff's own code. */
  readonly code: string;
  readonly backend: string;
  readonly version: string;
  readonly cpuFeatures: readonly string[];
  readonly nodeMajor: number;
}

export function identityOf({ name, version, cpuFeatures, nodeMajor }: Fingerprint): Identity {
  return { format: 'pwff-journal-1', code: codeHash(), backend: name, version, cpuFeatures, nodeMajor };
}

/** The same in a name for a folder, of 16 hexadecimal digits. */
export function nameOfIdentity(identity: Identity): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}

/** What of the identity is pwff's own code, as a name likewise. */
export const nameOfCode = (): string => codeHash().slice(0, 16);

/** Folders of pwff's own code, compiled and in Python, and how its files end. */
const sources = [
  [fileURLToPath(new URL('..', import.meta.url)), '.js'],
  [join(packageRoot(), 'python'), '.py'],
] as const;
let known: string | null = null;

/** Whatever of the code has changed: which part of it a result depends on is not for a list to know. */
function codeHash(): string {
  if (known !== null) return known;
  const hash = createHash('sha256');
  for (const [folder, ending] of sources) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith(ending),
    );
    for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  }
  return (known = hash.digest('hex'));
}
