import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.js';

describe('the published package', () => {
  it('holds all that a run reads', () => {
    const { stdout, status, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: packageRoot(),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
    const paths = new Set(packed!.files.map(({ path }) => path));
    for (const path of [
      'dist/src/cli.js',
      'dist/src/learning/training/worker.js',
      'dist/machines/server.js',
      'dist/kernels.wasm',
      'assets/embedded/config.json',
      'assets/embedded/model.safetensors',
      'assets/embedded/tokenizer.json',
      'scenarios/quickstart.json',
      'scenarios/scenario.schema.json',
    ]) {
      assert.ok(paths.has(path), path);
    }
    assert.ok(![...paths].some((path) => path.startsWith('dist/test/')));
  });

  describe('once it is installed', () => {
    const host = mkdtempSync(join(tmpdir(), 'pwff-installed-'));
    const installed = join(host, 'node_modules/pwff');

    before(() => {
      mkdirSync(installed, { recursive: true });
      const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', host];
      const { stdout, status, stderr } = spawnSync('npm', pack, { cwd: packageRoot(), encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      const unpacked = spawnSync('tar', [
        'xzf',
        join(host, filename),
        '--strip-components=1',
        '-C',
        installed,
      ]);
      assert.equal(unpacked.status, 0, String(unpacked.stderr));
      symlinkSync(join(packageRoot(), 'node_modules'), join(installed, 'node_modules'));
    });

    after(() => rmSync(host, { recursive: true }));

    const ways = [
      { way: 'require', type: 'commonjs', load: "const pwff = require('pwff');" },
      { way: 'import', type: 'module', load: "import * as pwff from 'pwff';" },
    ];
    for (const { way, type, load } of ways) {
      it(`gives runScenario by ${way}`, () => {
        const code = `${load} console.log(typeof pwff.runScenario);`;
        const { stdout, stderr } = spawnSync(process.execPath, [`--input-type=${type}`, '--eval', code], {
          cwd: host,
          encoding: 'utf8',
          timeout: 60_000,
        });
        assert.equal(stdout.trim(), 'function', stderr);
      });
    }
  });
});
