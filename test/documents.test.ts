import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TObject } from 'typebox';
import { attacks } from '../src/learning/clients/attacks/index.js';
import { presences } from '../src/learning/clients/presence/index.js';
import { slowdowns } from '../src/learning/clients/slowdowns/index.js';
import { packageRoot } from '../src/paths.js';
import { ScenarioSchema } from '../src/scenario/schema.js';
import { disciplines } from '../src/strategies/disciplines/index.js';
import { aggregations } from '../src/strategies/aggregation/index.js';
import { selections } from '../src/strategies/selection/index.js';
import { optionsOf } from '../src/strategies/strategy.js';

interface SchemaNode {
  readonly enum?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
  readonly const?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

const textOf = (document: string) => readFileSync(join(packageRoot(), document), 'utf8');

/** Names that a setting takes, "channel.rate". */
function namesOf(setting: string): readonly string[] {
  const node = setting
    .split('.')
    .reduce<SchemaNode | undefined>((at, key) => at?.properties?.[key], ScenarioSchema as SchemaNode);
  const alone = node?.enum ?? node?.anyOf?.[0]?.enum;
  assert.ok(alone, setting);
  const withOptions = (node?.anyOf ?? []).flatMap(({ properties }) => properties?.['name']?.const ?? []);
  return [...new Set([...alone, ...withOptions])] as string[];
}

/** Rows of the tables of seams: | `setting` | … | names |. */
const seams = [...textOf('ARCHITECTURE.md').matchAll(/^\| `([a-zA-Z.]+)` \| .* \| ([^|]+) \|$/gm)].map(
  ([, setting, names]) => [setting!, names!.split(', ')] as const,
);

for (const [document, least] of [
  ['ARCHITECTURE.md', 60],
  ['docs/reliability.md', 10],
  ['docs/strategies.md', 2],
  ['docs/clients.md', 2],
] as const) {
  describe(document, () => {
    it('names files and folders that exist', () => {
      const named = /(?<![\w/])((?:src|machines|test|studies|bench|docs)\/[\w./-]*\w)/g;
      const paths = [...textOf(document).matchAll(named)].map(([, path]) => path!);
      assert.ok(paths.length >= least, String(paths.length));
      assert.deepEqual(
        paths.filter((path) => !existsSync(join(packageRoot(), path))),
        [],
      );
    });
  });
}

/** Name and options of each row of a section's table, whose column of options is the n-th. */
function rowsOf(
  section: string,
  optionsColumn: number,
  document = 'docs/strategies.md',
): readonly (readonly [string, string])[] {
  const text = textOf(document)
    .split(/^## /m)
    .find((each) => each.startsWith(`${section}\n`));
  assert.ok(text, section);
  return [...text.matchAll(/^\| `([a-z0-9-]+)` \|(.*)\|$/gm)].map(
    ([, name, cells]) => [name!, cells!.split('|')[optionsColumn - 2]!.trim()] as const,
  );
}

/** Each option with its default, where it has one. */
function told(table: Readonly<Record<string, { readonly name: string; readonly options?: TObject }>>) {
  return Object.entries(table).map(([name, strategy]) => {
    const defaults = optionsOf(strategy, name);
    const keys = Object.keys(strategy.options?.properties ?? {});
    return [
      name,
      keys.map((key) => (key in defaults ? `\`${key}\` ${inWords(defaults[key])}` : `\`${key}\``)).join(', '),
    ];
  });
}

describe('docs/strategies.md', () => {
  it('has a row for each discipline, selection and rule of aggregation, with options and defaults', () => {
    assert.deepEqual(rowsOf('Disciplines', 4), told(disciplines));
    assert.deepEqual(rowsOf('Selection', 3), told(selections));
    assert.deepEqual(rowsOf('The rules', 3), told(aggregations));
  });
});

describe('docs/clients.md', () => {
  it('has a row for each pattern of presence and each attack, with options and defaults', () => {
    assert.deepEqual(rowsOf('Presence', 2, 'docs/clients.md'), told(presences));
    assert.deepEqual(rowsOf('Poisoned clients', 2, 'docs/clients.md'), told(attacks));
  });

  it('has a row for each slowdown', () => {
    const names = rowsOf('Stragglers', 2, 'docs/clients.md').map(([name]) => name);
    assert.deepEqual(names, Object.keys(slowdowns));
  });
});

/** A default as the table has it. */
function inWords(value: unknown): string {
  return value === 1e-6 ? '0.000001' : String(value);
}

describe('ARCHITECTURE.md', () => {
  it('lists at each seam the names that a scenario can give', () => {
    assert.equal(seams.length, 17);
    for (const [setting, names] of seams) assert.deepEqual(names, namesOf(setting), setting);
  });
});
