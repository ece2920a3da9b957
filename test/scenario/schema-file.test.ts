import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { packageRoot } from '../../src/paths.js';
import { schemaFileText } from '../../src/scenario/schema-file.js';

const folder = join(packageRoot(), 'scenarios');

describe('scenarios/scenario.schema.json', () => {
  it('is the one that src/scenario/schema.ts gives', () => {
    assert.equal(
      readFileSync(join(folder, 'scenario.schema.json'), 'utf8'),
      schemaFileText(),
      'the file is stale; write it again: node dist/src/cli.js schema > scenarios/scenario.schema.json',
    );
  });

  it('stands beside scenarios that look for files in ../data and ../models alone', () => {
    const scenarios = readdirSync(folder).filter((name) => name !== 'scenario.schema.json');
    const paths = scenarios.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/"([^" ]*\/[^" ]*)"/g)].map(([, path]) => path!),
    );
    assert.ok(paths.length > 0);
    assert.deepEqual(
      paths.filter((path) => !/^(\.\/scenario\.schema\.json|\.\.\/(data|models)\/[\w./-]+)$/.test(path)),
      [],
    );
  });

  it('accepts every scenario of the package as it is written, so that editors do not complain', () => {
    const check = new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(schemaFileText()) as object);
    for (const name of readdirSync(folder).filter((one) => one !== 'scenario.schema.json')) {
      const written: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      assert.ok(check(written), `${name}: ${JSON.stringify(check.errors)}`);
    }
  });
});
