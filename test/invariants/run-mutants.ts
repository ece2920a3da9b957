import { transform } from 'esbuild';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/paths.js';
import type { Ended } from '../../src/records/rows.js';
import type * as OpenRun from '../../src/run/open-run.js';
import type * as Simulate from '../../src/run/simulate.js';
import type * as Load from '../../src/scenario/load.js';
import type { Mutated } from './mutant-hooks.js';
import { mutants, settings, type Mutant } from './mutants.js';

/*
 * A process of its own for test/invariants/mutants.test.ts, because of its module hooks: runs every mutant, and the
 * program as it is with the settings of each. A line of JSON for each run, as it ends.
 */

const dist = pathToFileURL(`${join(packageRoot(), 'dist')}/`).href;
const importersOf = importGraph();
const data: readonly Mutated[] = await Promise.all(mutants.map(mutated));
register('./mutant-hooks.js', import.meta.url, { data });
for (const [index, { set }] of mutants.entries()) await show(`?mutant=${index}`, set);
for (const set of settings) await show('', set);

async function mutated({ file, find, replace }: Mutant): Promise<Mutated> {
  const text = readFileSync(join(packageRoot(), file), 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has ${JSON.stringify(find)} ${places} times, expected once`);
  const { code } = await transform(
    text.replace(find, () => replace),
    { loader: 'ts', target: 'node20' },
  );
  const url = `${dist}${file.replace(/\.ts$/, '.js')}`;
  return { url, source: code, importers: allImporters(url) };
}

/** By the URL of a module: those that import it. */
function importGraph(): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  const files = readdirSync(new URL(dist), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /^(src|machines).*\.js$/.test(name))) {
    const url = `${dist}${file}`;
    const text = readFileSync(new URL(url), 'utf8');
    for (const [, imported] of text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
      const { href } = new URL(imported!, url);
      importers.set(href, [...(importers.get(href) ?? []), url]);
    }
  }
  return importers;
}

function allImporters(url: string, known: Set<string> = new Set()): ReadonlySet<string> {
  if (known.has(url)) return known;
  known.add(url);
  for (const importer of importersOf.get(url) ?? []) allImporters(importer, known);
  return known;
}

async function show(query: string, set: readonly string[]): Promise<void> {
  const { loadScenario } = (await import(`${dist}src/scenario/load.js${query}`)) as typeof Load;
  const { openRun } = (await import(`${dist}src/run/open-run.js${query}`)) as typeof OpenRun;
  const { simulate } = (await import(`${dist}src/run/simulate.js${query}`)) as typeof Simulate;
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-mutant-'));
  try {
    const { scenario, folder } = await loadScenario('tiny', { set: ['learning=stub', ...set] });
    const options = { scenario, folder, outFolder, inspection: 'none', workers: 1 } as const;
    const run = await openRun({ ...options, backend: 'wasm' });
    const { ended }: { ended: Ended } = await simulate(run.world);
    await run.close();
    console.log(JSON.stringify(ended));
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}
