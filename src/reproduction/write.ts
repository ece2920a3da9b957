import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { csvOfTable } from '../comparison/data-table.js';
import { svgFile } from '../comparison/svg-file.js';
import { UserError, isSystemError } from '../errors.js';
import { writeWhole } from '../records/write-whole.js';
import { figureChart } from './figure-chart.js';
import { reproductionJson } from './json.js';
import { reproductionPage } from './page.js';
import { openRasterizer } from './png.js';
import type { Reproduction } from './reproduction.js';
import { meansTable, valuesTable } from './tables.js';

export interface WrittenFiles {
  readonly files: readonly string[];
  /** Why there are no PNG files; null where there are. */
  readonly withoutPng: string | null;
}

/** Writes page, figures and numbers into a folder, new or not. UserError where the system refuses. */
export async function writeReproduction(
  folder: string,
  reproduction: Reproduction,
  command: string,
): Promise<WrittenFiles> {
  const charts = await chartFiles(reproduction);
  const rasterizer = await openRasterizer();
  const pictures =
    typeof rasterizer === 'string'
      ? []
      : charts.map(([name, svg]) => [`${name}.png`, rasterizer(svg)] as const);
  const files = [
    ['reproduce.html', await reproductionPage(reproduction, command)],
    ['reproduce.json', reproductionJson(reproduction)],
    ['reproduce.csv', csvOfTable(meansTable(reproduction))],
    ['reproduce-values.csv', csvOfTable(valuesTable(reproduction))],
    ...charts.map(([name, svg]) => [`${name}.svg`, svg] as const),
    ...pictures,
  ] as const;
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) writeWhole(join(folder, name), content);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `--out: ${folder} cannot be written (${error.message}), expected a folder of yours with room`,
    );
  }
  return {
    files: files.map(([name]) => join(folder, name)),
    withoutPng: typeof rasterizer === 'string' ? rasterizer : null,
  };
}

async function chartFiles(reproduction: Reproduction): Promise<readonly (readonly [string, string])[]> {
  const drawn = reproduction.figures.map(async (result) => {
    const chart = figureChart(result, reproduction);
    return chart === null ? [] : [[result.figure.name, await svgFile(chart, result.figure.title)] as const];
  });
  return (await Promise.all(drawn)).flat();
}
