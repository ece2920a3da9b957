import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { packageRoot } from '../../src/paths.js';
import { studySchemaText } from '../../src/study/schema-file.js';

const folder = join(packageRoot(), 'scenarios');
const options = { strict: true, strictTypes: false, allErrors: true } as const;
const inEditors = new Ajv(options).compile(JSON.parse(studySchemaText()) as object);
const study = { name: 'x', scenario: 'tiny' };

describe('scenarios/study.schema.json', () => {
  it('is the one that the code gives', () => {
    assert.equal(
      readFileSync(join(folder, 'study.schema.json'), 'utf8'),
      studySchemaText(),
      'the file is stale; write it again: node dist/src/cli.js schema --study > scenarios/study.schema.json',
    );
  });

  it('accepts every study of the package that is data', () => {
    const names = readdirSync(join(folder, 'studies')).filter((name) => /\.(ya?ml|json)$/.test(name));
    assert.ok(names.length > 0);
    for (const name of names) {
      const written: unknown = parse(readFileSync(join(folder, 'studies', name), 'utf8'));
      assert.ok(inEditors(written), `${name}: ${JSON.stringify(inEditors.errors)}`);
    }
  });

  it('knows what each setting takes, by its path, and takes paths into lists as they are', () => {
    const grid = (values: object) => inEditors({ ...study, vary: { grid: values } });
    assert.ok(grid({ 'clients.count': [2, 4], 'clients.devices.0.share': [1] }));
    assert.equal(grid({ 'clients.count': [2, -4] }), false);
    assert.equal(grid({ method: ['pwff', 'pwf'] }), false);
    assert.ok(inEditors({ ...study, set: { 'channel.fading': 'rayleigh' } }));
    assert.equal(inEditors({ ...study, set: { 'channel.fading': 'foggy' } }), false);
  });

  it('has a description of each setting that completes', () => {
    const { definitions } = JSON.parse(studySchemaText()) as {
      definitions: Record<string, { description?: string }>;
    };
    const { draw: _, ...settings } = definitions;
    assert.ok(Object.hasOwn(settings, 'channel.uplink.meanSnrDb'));
    assert.deepEqual(
      Object.keys(settings).filter((path) => !settings[path]!.description),
      [],
    );
  });
});
