import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { packageRoot } from '../../src/paths.js';
import { parseDocument } from 'yaml';
import { misheldInJson, misheldInYaml } from '../../src/scenario/written-numbers.js';
import { loadScenario, type LoadOptions } from '../../src/scenario/load.js';

describe('loading a scenario', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-scenario-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  async function refusal(path: string, options: LoadOptions = {}): Promise<string> {
    const error: unknown = await loadScenario(path, options).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UserError, String(error));
    return error.message.replaceAll(folder, '.');
  }

  it('reads YAML and JSON alike', async () => {
    const yaml = file('a.yaml', '# a comment\nname: same\nclients:\n  count: 4\n');
    const json = file('a.json', '{ "name": "same", "clients": { "count": 4 } }');
    assert.deepEqual((await loadScenario(yaml)).scenario, (await loadScenario(json)).scenario);
  });

  describe('with a number that a double does not hold as written', () => {
    const wrong: readonly (readonly [written: string, held: string])[] = [
      ['9007199254740993', '9007199254740992'],
      ['9007199254740992', '9007199254740992'],
      ['-9007199254740993', '-9007199254740992'],
      ['90071992547409.93e2', '9007199254740992'],
      ['1e400', 'Infinity'],
      ['-1E400', '-Infinity'],
      ['1e-400', '0'],
      ['1.00000000000000000001', '1'],
    ];
    const right = [
      '9007199254740991',
      '-3.0',
      '2.50e1',
      '1e3',
      '1e30',
      '-2.5E+20',
      '0.1',
      '0',
      '0e9',
      '120e-1',
      '1e-300',
      '0.10000000000000000001',
    ];
    const words = (written: string, held: string) =>
      `is ${written}, which would be read as ${held}, expected a number that is read as written, ` +
      'from -9007199254740991 to 9007199254740991';

    it('refuses it in --set, whatever it is for, and in the seed', async () => {
      const path = file('set-number.json', '{ "name": "numbers" }');
      for (const [written, held] of wrong) {
        for (const setting of [`seed=${written}`, `channel.cell={ "a": [1, ${written}] }`]) {
          assert.equal(await refusal(path, { set: [setting] }), `--set ${setting}: ${words(written, held)}`);
        }
      }
      assert.match(await refusal(path, { seed: 2 ** 53 }), /^--set seed=9007199254740992: is 9007/);
      const { scenario } = await loadScenario(path, { set: ['seed=9007199254740991'] });
      assert.equal(scenario.seed, Number.MAX_SAFE_INTEGER);
    });

    it('refuses it in JSON and YAML alike, a line for each', async () => {
      for (const [written, held] of wrong) {
        const json = file(
          'number.json',
          `{ "name": "9007199254740993",\n "seed": ${written},\n\t"limits": 1 }`,
        );
        assert.equal(await refusal(json), `./number.json:2: ${words(written, held)}`);
        const yaml = file('number.yaml', `# 9007199254740993\nname: x\nseed:  ${written}\n`);
        assert.equal(await refusal(yaml), `./number.yaml:3: ${words(written, held)}`);
      }
      const two = file(
        'two.yml',
        'name: "9007199254740993"\nseed: 1e400\nclients: { count: 0x20000000000001 }\n',
      );
      assert.deepEqual((await refusal(two)).split('\n'), [
        `./two.yml:2: ${words('1e400', 'Infinity')}`,
        `./two.yml:3: ${words('0x20000000000001', '9007199254740992')}`,
      ]);
    });

    it('takes every other number, rounded fractions too, and digits in a text', async () => {
      assert.deepEqual(misheldInJson(`[${right.join(', ')}, "\\"1e400, 9007199254740993"]`), []);
      const yaml = parseDocument(`[${right.join(', ')}, .inf, "9007199254740993", x9007199254740993]`);
      assert.deepEqual(misheldInYaml(yaml), []);
      const path = file('right.json', '{ "name": "x", "description": "\\"1e400, 9007199254740993" }');
      const { scenario } = await loadScenario(path, { set: ['limits.virtualSeconds=2.50e1'] });
      assert.equal(scenario.limits.virtualSeconds, 25);
    });
  });

  it('finds the scenarios of the package by their bare names', async () => {
    const { scenario, folder: found } = await loadScenario('tiny');
    assert.equal(scenario.name, 'tiny');
    assert.equal(found, join(packageRoot(), 'scenarios'));
  });

  it('applies --set before it checks, and the seed last', async () => {
    const path = file('set.json', '{ "name": "set", "clients": { "count": 4 } }');
    const { scenario } = await loadScenario(path, {
      set: ['clients.count=5', 'channel.uplink.meanSnrDb=3', 'channel.fading=none', 'seed=8'],
      seed: 9,
    });
    assert.equal(scenario.clients.count, 5);
    assert.equal(scenario.channel.uplink.meanSnrDb, 3);
    assert.equal(scenario.channel.downlink.meanSnrDb, 5);
    assert.equal(scenario.channel.fading, 'none');
    assert.equal(scenario.seed, 9);
  });

  it('reaches into lists with --set', async () => {
    const path = file(
      'list.json',
      '{ "name": "list", "clients": { "count": 2, "weightHarmless": [0, 1] }, ' +
        '"data": { "synthetic": { "facts": 0 } } }',
    );
    const { scenario } = await loadScenario(path, { set: ['clients.weightHarmless.1=0.25'] });
    assert.deepEqual(scenario.clients.weightHarmless, [0, 0.25]);
  });

  it('says when a wrong value came from --set', async () => {
    const path = file('origin.json', '{ "name": "origin", "seed": 0.5 }');
    assert.equal(
      await refusal(path, { set: ['clients.count=none'] }),
      './origin.json: /seed: is 0.5, expected an integer from 0 to 9007199254740991\n' +
        './origin.json with --set: /clients/count: is "none", expected an integer of at least 1',
    );
  });

  it('refuses a --set without a value or into a number', async () => {
    const path = file('bad-set.json', '{ "name": "bad-set", "seed": 1 }');
    assert.match(
      await refusal(path, { set: ['clients.count'] }),
      /^--set clients\.count: expected path=value/,
    );
    assert.match(await refusal(path, { set: ['seed.deep=1'] }), /is set inside 1, expected an object there/);
  });

  it('names the line at which a file stops being JSON', async () => {
    const path = file('comma.json', '{\n  "name": "comma",\n  "seed": 1,\n}\n');
    assert.match(
      await refusal(path),
      /^\.\/comma\.json:4: is not JSON \(.*\), expected valid JSON; comments and/,
    );
    const unquoted = file('unquoted.json', '{\n  "name": x,\n  "seed": 1\n}\n');
    assert.match(await refusal(unquoted), /^\.\/unquoted\.json:2: /);
    assert.ok(!(await refusal(unquoted)).includes('\n'));
    const open = file('open.json', '{\n  "name": "x"\n');
    assert.match(await refusal(open), /^\.\/open\.json:\d: is not JSON/);
  });

  it('refuses a key that stands twice, in JSON too', async () => {
    const path = file('twice.json', '{\n  "name": "x",\n  "seed": 1,\n  "seed": 2\n}\n');
    assert.equal(await refusal(path), './twice.json:4: the key stands twice in one object, expected it once');
  });

  it('names the line at which a file stops being YAML', async () => {
    const path = file('bad.yaml', 'name: x\nclients: { count: 3\nseed: 1\n');
    assert.match(await refusal(path), /^\.\/bad\.yaml:\d: is not YAML \(/);
  });

  it('refuses what is no object at all', async () => {
    assert.equal(await refusal(file('list-only.json', '[]')), './list-only.json: is [], expected an object');
    assert.equal(await refusal(file('empty.yaml', '')), './empty.yaml: is null, expected an object');
  });

  it('suggests the file that was meant', async () => {
    file('lossy.json', '{ "name": "lossy" }');
    assert.equal(
      await refusal(join(folder, 'losy.json')),
      './losy.json: does not exist, expected a scenario file; did you mean ./lossy.json?',
    );
  });

  it('looks for data files beside the scenario file, and says which are missing or empty', async () => {
    file('there.json', '[]');
    file('nothing.jsonl', '');
    const files = { instructions: 'there.json', helpful: 'nothing.jsonl', harmless: 'gone.jsonl' };
    const path = file('files.json', JSON.stringify({ name: 'files', data: { files } }));
    const lines = (await refusal(path)).split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[0]!, /\/data\/files\/helpful: is "nothing\.jsonl", which is empty/);
    assert.match(lines[1]!, /\/data\/files\/harmless: is "gone\.jsonl", which does not exist/);
  });

  it("looks for the config.json of each model's folder, and leaves the rest to its loader", async () => {
    const reward = { model: { kind: 'distilbert', path: 'gone', train: 'head' } };
    const path = file('folders.json', JSON.stringify({ name: 'x', model: { path: 'away' }, reward }));
    const lines = (await refusal(path)).split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[0]!, /\/model\/path: is "away\/config\.json", which does not exist/);
    assert.match(lines[1]!, /\/reward\/model\/path: is "gone\/config\.json", which does not exist/);
  });

  it('takes the number of LoRA sites from the model that the scenario names', async () => {
    file('config.json', '{ "n_layer": 2, "n_embd": 64, "n_positions": 128 }');
    file('model.safetensors', '-');
    file('tokenizer.json', '-');
    const path = file('model.json', '{ "name": "model", "model": { "path": "." } }');
    assert.match(
      await refusal(path),
      /\/model\/lora\/maxModules: is 9, expected at most 6: 3 targets in each of 2/,
    );
  });
});
