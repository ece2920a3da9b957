import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../paths.js';

/** The files of the page and their types: nothing else of the disk is ever served. */
const files = {
  '': { file: 'index.html', type: 'text/html; charset=utf-8' },
  'page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  'charts.json': { file: 'charts.json', type: 'application/json; charset=utf-8' },
  'page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
} as const;

export interface ServedFile {
  readonly type: string;
  readonly content: Buffer;
}

/** A file of the page; null where there is none of that name. */
export async function pageFile(name: string): Promise<ServedFile | null> {
  if (!Object.hasOwn(files, name)) return null;
  const { file, type } = files[name as keyof typeof files];
  return { type, content: await readFile(join(packageRoot(), 'dist', 'page', file)) };
}
