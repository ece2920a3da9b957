import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { packageRoot } from '../../src/paths.js';
import { schemaFileText } from '../../src/scenario/schema-file.js';
import { ScenarioSchema } from '../../src/scenario/schema.js';
import type { SchemaNode } from '../../src/settings/schema-node.js';
import { settingsByPath, studySchemaText } from '../../src/study/schema-file.js';
import { eachOnce } from '../../src/study/shared-schemas.js';

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

  it('knows the same paths in every kind of variation', () => {
    const takes = (vary: object) => inEditors({ ...study, vary });
    const random = (draw: object) => ({ random: { count: 1, seed: 1, space: { 'clients.count': draw } } });
    assert.ok(takes({ list: [{ 'clients.count': 2 }] }));
    assert.equal(takes({ list: [{ 'clients.count': -2 }] }), false);
    assert.ok(takes({ paired: { 'clients.count': [2] } }));
    assert.equal(takes({ paired: { 'clients.count': 2 } }), false);
    assert.equal(takes({ paired: { 'clients.count': [-2] } }), false);
    assert.ok(takes(random({ draw: 'integer', from: 1, to: 3 })));
    assert.equal(takes(random({ draw: 'even', from: 1, to: 3 })), false);
  });

  it('has every path once a kind, and a description of each setting that completes', () => {
    const { definitions } = JSON.parse(studySchemaText()) as {
      definitions: Record<string, { description?: string; properties?: object }>;
    };
    const paths = Object.keys(settingsByPath(JSON.parse(JSON.stringify(ScenarioSchema)) as SchemaNode));
    assert.ok(paths.includes('channel.uplink.meanSnrDb'));
    for (const kind of ['settings', 'lists', 'draws']) {
      assert.deepEqual(Object.keys(definitions[kind]!.properties!), paths, kind);
    }
    assert.deepEqual(
      paths.filter((path) => !definitions[path]!.description),
      [],
    );
  });

  it('says nothing twice that is longer than a reference', () => {
    const number = { type: 'number', minimum: 0, description: 'x'.repeat(200) } as const;
    const definitions = eachOnce({ a: { anyOf: [number, { type: 'null' }] }, b: { items: number } });
    assert.deepEqual(definitions, {
      a: { anyOf: [{ $ref: '#/definitions/a.anyOf.0' }, { type: 'null' }] },
      b: { items: { $ref: '#/definitions/a.anyOf.0' } },
      'a.anyOf.0': number,
    });
  });

  it('accepts and refuses the scenario’s own values as the scenario’s schema does', () => {
    const inScenario = new Ajv(options).compile(JSON.parse(schemaFileText()) as object);
    for (const [codec, isGood] of [
      ['none', true],
      ['top-k', true],
      ['zip', false],
      [{ name: 'top-k' }, true],
      [{ name: 'quantized', bits: 8 }, true],
      [{ name: 'quantized', bits: 'few' }, false],
    ] as const) {
      const about = JSON.stringify(codec);
      assert.equal(inScenario({ name: 'x', channel: { uplink: { compression: codec } } }), isGood, about);
      assert.equal(inEditors({ ...study, set: { 'channel.uplink.compression': codec } }), isGood, about);
    }
  });
});
