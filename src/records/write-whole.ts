import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file such that a reader finds either the old one or the whole new one. What of it was written
 * before the system refused is removed.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const fresh = `${path}.new`;
  try {
    writeFileSync(fresh, content);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
