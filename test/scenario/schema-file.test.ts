import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { packageRoot } from '../../src/paths.js';
import { schemaFileText } from '../../src/scenario/schema-file.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import type { SchemaNode } from '../../src/settings/schema-node.js';

const folder = join(packageRoot(), 'scenarios');
const inEditors = new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(schemaFileText()) as object);

const isDataScenario = (name: string) => name.endsWith('.json') && !name.endsWith('.schema.json');

describe('scenarios/scenario.schema.json', () => {
  it('is the one that src/scenario/schema.ts gives', () => {
    assert.equal(
      readFileSync(join(folder, 'scenario.schema.json'), 'utf8'),
      schemaFileText(),
      'the file is stale; write it again: node dist/src/cli.js schema > scenarios/scenario.schema.json',
    );
  });

  it('stands beside scenarios that look for files in ../data and ../models alone', () => {
    const scenarios = readdirSync(folder).filter(isDataScenario);
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
    for (const name of readdirSync(folder).filter(isDataScenario)) {
      const written: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      assert.ok(inEditors(written), `${name}: ${JSON.stringify(inEditors.errors)}`);
    }
  });

  it('describes every key, but for the constants that name a branch', () => {
    const silent: string[] = [];
    const walk = ({ properties = {}, items, anyOf = [] }: SchemaNode, pointer: string): void => {
      for (const [key, node] of Object.entries(properties)) {
        const here = `${pointer}/${key}`;
        if (node.const === undefined && !node.description) silent.push(here);
        walk(node, here);
      }
      if (items) walk(items, `${pointer}/-`);
      for (const branch of anyOf) walk(branch, pointer);
    };
    walk(JSON.parse(schemaFileText()) as SchemaNode, '');
    assert.deepEqual(silent, []);
  });

  const badFaults: readonly (readonly [fault: unknown, line: string])[] = [
    [{}, '/effect: is missing, expected one of "drop", "corrupt", "duplicate", "delay", "slow", "blackout"'],
    [
      { effect: 'dorp', client: 3 },
      '/effect: is "dorp", expected one of "drop", "corrupt", "duplicate", "delay", "slow", "blackout"; ' +
        'did you mean "drop"?',
    ],
    [
      { effect: 'slow', delaySeconds: 2 },
      '/delaySeconds: is 2, expected no delaySeconds where effect is "slow"; it goes with "duplicate", "delay"',
    ],
    [
      { effect: 'blackout', attempt: 1 },
      '/attempt: is 1, expected no attempt where effect is "blackout"; it goes with "drop", "corrupt", "slow"',
    ],
    [
      { effect: 'delay', attempt: 1 },
      '/attempt: is 1, expected no attempt where effect is "delay"; it goes with "drop", "corrupt", "slow"',
    ],
    [{ effect: 'drop', direction: 'up' }, '/direction: is "up", expected one of "uplink", "downlink"'],
    [{ effect: 'drop', round: -1 }, '/round: is -1, expected an integer of at least 0'],
    [{ effect: 'drop', probability: 2 }, '/probability: is 2, expected a number from 0 to 1'],
    [{ effect: 'slow', factor: 0 }, '/factor: is 0, expected a number above 0 and of at most 1000'],
    [
      { effect: 'delay', delaySeconds: '2 s' },
      '/delaySeconds: is "2 s", expected a number of seconds from 0 to 1000000000; write 2, without quotes or unit',
    ],
    [
      { effect: 'blackout', clinet: 3 },
      '/clinet: unknown key, expected one of effect, client, direction, probability, fromSeconds, toSeconds, ' +
        'kind, step, stage, round; did you mean client?',
    ],
    ['drop', ': is "drop", expected an object'],
    [null, ': is null, expected an object'],
  ];
  for (const [fault, line] of badFaults) {
    it(`refuses by itself what \`validate\` refuses in one line: ${JSON.stringify(fault)}`, () => {
      const scenario = { name: 'x', channel: { faults: [{ effect: 'drop' }, fault] } };
      assert.throws(() => resolveScenario(scenario), { message: `scenario: /channel/faults/1${line}` });
      assert.equal(inEditors(scenario), false);
    });
  }

  it('takes a fault of every effect with all that goes with it', () => {
    const faults = [
      { effect: 'drop', kind: 'update', step: '1.3', stage: 'instruction', round: 1, attempt: 2, client: 3 },
      { effect: 'corrupt', direction: 'uplink', probability: 0.5 },
      { effect: 'duplicate', delaySeconds: 0.5 },
      { effect: 'delay', delaySeconds: 8, fromSeconds: 1, toSeconds: 2 },
      { effect: 'slow', factor: 0.1, attempt: 1 },
      { effect: 'blackout', fromSeconds: 12, toSeconds: 22, client: 1 },
    ];
    const scenario = { name: 'x', channel: { faults } };
    assert.deepEqual(resolveScenario(scenario).channel.faults, faults);
    assert.ok(inEditors(scenario));
  });

  it('has branches of a union without a constant told apart by their keys', () => {
    const weights = { byClient: { 'client-1': { helpful: 2, harmless: 0 } } };
    assert.throws(() => resolveScenario({ name: 'x', clients: { weights } }), {
      message: 'scenario: /clients/weights/byClient/client-1/helpful: is 2, expected a number from 0 to 1',
    });
  });
});
