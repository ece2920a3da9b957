import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fingerprint } from '../learning/model/backend.js';

/** What a result was made by: it answers a task of an equal identity alone (decision D8). */
export interface Identity {
  readonly format: 'pwff-journal-1';
  /** SHA-256 over pwff's own compiled code. */
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

/** Folder of pwff's compiled code. */
const source = fileURLToPath(new URL('..', import.meta.url));
let known: string | null = null;

/** Whatever of the code has changed: which part of it a result depends on is not for a list to know. */
function codeHash(): string {
  if (known !== null) return known;
  const hash = createHash('sha256');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(join(source, file)));
  return (known = hash.digest('hex'));
}
