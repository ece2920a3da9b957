import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError, isSystemError } from '../errors.js';
import { writeWhole } from '../records/write-whole.js';
import { comparisonJson } from './compare-json.js';
import type { Comparison } from './compare.js';
import { csvOfTable, parquetOfTable } from './data-table.js';
import { comparisonPage } from './page.js';
import { chartsOf } from './panels.js';
import { svgFile } from './svg-file.js';
import { tidyTable } from './tidy.js';

const chartsFolder = 'charts';

/** Writes a comparison's files into a folder, new or not, and resolves to what there is. UserError where it cannot. */
export async function writeComparison(folder: string, comparison: Comparison): Promise<readonly string[]> {
  const { runs, paths, figures } = comparison;
  const tidy = tidyTable(runs, paths, figures);
  const files = [
    ['runs.csv', csvOfTable(tidy)],
    ['runs.parquet', parquetOfTable(tidy)],
    ['compare.json', comparisonJson(comparison)],
    ['compare.html', await comparisonPage(comparison)],
  ] as const;
  const charts = await Promise.all(
    chartsOf(comparison).map(
      async ({ name, title, chart }) => [`${name}.svg`, await svgFile(chart, title)] as const,
    ),
  );
  asUserError(folder, () => {
    for (const [name, content] of files) writeInto(join(folder, name), content);
    for (const [name, content] of charts) writeInto(join(folder, chartsFolder, name), content);
  });
  return [...files.map(([name]) => join(folder, name)), join(folder, chartsFolder)];
}

function writeInto(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, content);
}

function asUserError(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `--out: ${folder} cannot be written (${error.message}), expected a folder of yours with room`,
    );
  }
}
