// @ts-check
/*
 * Bundles the page into a folder: index.html, page.js, page.css, and charts.json with the four statecharts as they
 * are laid out. Called by build.js with the folder of compiled code.
 */
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const compiled = resolve(process.argv[2] ?? 'dist');
const out = join(compiled, 'page');
const load = (/** @type {string} */ path) => import(pathToFileURL(join(compiled, path)).href);

mkdirSync(out, { recursive: true });
copyFileSync(join(here, 'index.html'), join(out, 'index.html'));
await build({
  entryPoints: [join(here, 'main.tsx')],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  outfile: join(out, 'page.js'),
  legalComments: 'inline',
  logLevel: 'warning',
});

const { styleSheet } = await load('src/charts/svg-style.js');
const uplot = readFileSync(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8');
writeFileSync(
  join(out, 'page.css'),
  [uplot, styleSheet, readFileSync(join(here, 'page.css'), 'utf8')].join('\n'),
);

const machines = await load('machines/index.js');
const { chartOf } = await load('src/charts/graph.js');
const { layoutOf } = await load('src/charts/layout.js');
const { svgOf } = await load('src/charts/svg.js');
/** @type {Record<string, unknown>} */
const charts = {};
for (const machine of Object.values(machines)) {
  const chart = chartOf(machine);
  // The page has the style sheet in its own, and forbids it inside of pictures.
  const svg = svgOf(await layoutOf(chart)).replace(/<style>.*?<\/style>/s, '');
  charts[chart.id] = { chart, svg };
}
writeFileSync(join(out, 'charts.json'), JSON.stringify(charts));
