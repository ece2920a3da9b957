import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.js';
import { ScenarioSchema } from '../src/scenario/schema.js';

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
  const names = node?.enum ?? node?.anyOf?.[0]?.enum;
  assert.ok(names, setting);
  return names;
}

/** Rows of the tables of seams: | `setting` | … | names |. */
const seams = [...textOf('ARCHITECTURE.md').matchAll(/^\| `([a-zA-Z.]+)` \| .* \| ([^|]+) \|$/gm)].map(
  ([, setting, names]) => [setting!, names!.split(', ')] as const,
);

for (const [document, least] of [
  ['ARCHITECTURE.md', 60],
  ['docs/reliability.md', 10],
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

describe('ARCHITECTURE.md', () => {
  it('lists at each seam the names that a scenario can give', () => {
    assert.equal(seams.length, 13);
    for (const [setting, names] of seams) assert.deepEqual(names, namesOf(setting), setting);
  });
});
