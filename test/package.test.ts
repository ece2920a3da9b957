import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
      'dist/machines/index.js',
      'docs/machines/server.svg',
      'dist/kernels.wasm',
      ...['index.html', 'page.js', 'page.css', 'charts.json'].map((file) => `dist/page/${file}`),
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

    before(() => {
      const installed = installInto(host);
      symlinkSync(join(packageRoot(), 'node_modules'), join(installed, 'node_modules'));
    });

    after(() => rmSync(host, { recursive: true }));

    it('gives the machines as pwff/machines, which run by themselves', () => {
      const code = `import * as machines from 'pwff/machines';
        import { createRequire } from 'node:module';
        const require = createRequire(import.meta.resolve('pwff/machines'));
        const { createActor } = require('xstate');
        const actor = createActor(machines.channelMachine, { input: { link: 'client-1/uplink' } }).start();
        console.log(Object.keys(machines).join(), actor.getSnapshot().value);`;
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
        cwd: host,
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.equal(
        stdout.trim(),
        'airMachine,cellMachine,channelMachine,clientMachine,serverMachine,simulationMachine idle',
        stderr,
      );
    });

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

describe('an installed package whose dependencies stand above it', () => {
  const host = mkdtempSync(join(tmpdir(), 'pwff-hoisted-'));
  const modules = join(host, 'node_modules');
  const optional = ['@tensorflow/tfjs-node', 'elkjs'];
  let installed = '';

  before(function () {
    if (process.platform === 'win32') this.skip();
    installed = installInto(host);
    for (const name of packagesOf(join(packageRoot(), 'node_modules'))) {
      if (optional.includes(name)) continue;
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(packageRoot(), 'node_modules', name), join(modules, name));
    }
  });
  after(() => rmSync(host, { recursive: true }));

  const pwff = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [join(installed, 'dist/src/cli.js'), ...args], {
      cwd: host,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, ...env },
    });

  it('tells what pwff native does', () => {
    const { status, stdout, stderr } = pwff(['native', '--help']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /fetches TensorFlow with pip/);
  });

  it('names it where the native backend is asked for, and where doctor misses it', () => {
    const run = pwff(['run', 'tiny', '--backend', 'native', '--workers', '1']);
    assert.equal(run.status, 2);
    assert.match(
      run.stderr,
      /^--backend: is "native", but .*\(not installed\); pwff native builds it[^\n]*\n$/,
    );
    assert.match(pwff(['doctor']).stdout, /to get it: pwff native \(/);
  });

  it('draws our own machines without elkjs, and names it where a user’s is to be laid out', () => {
    const client = pwff(['machines', 'client']);
    assert.deepEqual([client.status, client.stderr], [0, '']);
    assert.match(client.stdout, /^<svg /);
    const file = join(host, 'mine.mjs');
    writeFileSync(file, "export { channelMachine } from 'pwff/machines';");
    const mine = pwff(['machines', file]);
    assert.equal(mine.status, 2);
    assert.match(mine.stderr, /^elkjs: is not installed, [^\n]*npm install elkjs[^\n]*\n$/);
    assert.equal(pwff(['machines', file, '--format', 'mermaid']).status, 0);
  });

  it('gets the package of the binding into its own folder, and leaves the others alone', function () {
    if (`${process.platform}-${process.arch}` !== 'linux-x64') this.skip();
    const tools = join(host, 'tools');
    mkdirSync(join(tools, 'cache/pwff/made-up'), { recursive: true });
    mkdirSync(join(tools, 'include/node'), { recursive: true });
    writeFileSync(join(tools, 'include/node/node_api.h'), '');
    writeFileSync(join(tools, 'npm'), madeUpNpm, { mode: 0o755 });
    writeFileSync(join(tools, 'c++'), '#!/bin/sh\necho "error: made up" >&2\nexit 1\n', { mode: 0o755 });
    const before = readdirSync(modules);
    const { status, stdout, stderr } = pwff(['native'], {
      PATH: `${tools}:${process.env.PATH}`,
      XDG_CACHE_HOME: join(tools, 'cache'),
      PWFF_TENSORFLOW: 'made-up',
      CXX: join(tools, 'c++'),
      npm_config_nodedir: tools,
    });
    assert.equal(status, 1);
    assert.match(stderr, /^native: the binding does not compile against this TensorFlow [^\n]*made up\)\n$/);
    const version = versionIn(join(packageRoot(), 'node_modules/@tensorflow/tfjs'));
    assert.match(stdout, new RegExp(`^native: installing @tensorflow/tfjs-node ${version} `, 'm'));
    const own = join(installed, 'node_modules');
    assert.deepEqual(readdirSync(own), ['@tensorflow']);
    assert.deepEqual(readdirSync(join(own, '@tensorflow')), ['tfjs-node']);
    assert.equal(versionIn(join(own, '@tensorflow/tfjs-node')), version);
    assert.ok(existsSync(join(own, '@tensorflow/tfjs-node/node_modules/@mapbox/node-pre-gyp')));
    // A second TensorFlow.js would be another one than pwff's.
    assert.ok(!existsSync(join(own, '@tensorflow/tfjs-node/node_modules/@tensorflow')));
    assert.deepEqual(readdirSync(modules), before);
  });
});

/** Does in the current folder what `npm install --ignore-scripts @tensorflow/tfjs-node@<version>` does. */
const madeUpNpm = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require('node:fs');
const version = process.argv.at(-1).split('@').at(-1);
const put = (path, text) => {
  mkdirSync(path.replace(/[^/]*$/, ''), { recursive: true });
  writeFileSync(path, text);
};
put('node_modules/@tensorflow/tfjs-node/package.json', JSON.stringify({ name: 'tfjs-node', version }));
put('node_modules/@tensorflow/tfjs-node/binding/tfjs_backend.cc', 'static std::set<std::string> ATTR_NAME_SET;');
put('node_modules/@tensorflow/tfjs-node/binding/tfjs_binding.cc', '');
put('node_modules/@tensorflow/tfjs/package.json', '{}');
put('node_modules/@mapbox/node-pre-gyp/package.json', '{}');
put('node_modules/@mapbox/node-pre-gyp/index.js', "exports.find = (json) => json.replace('package.json', 'lib/x.node');");
`;

/** Packs the package and unpacks it below a folder, as npm would install it. */
function installInto(host: string): string {
  const installed = join(host, 'node_modules/pwff');
  mkdirSync(installed, { recursive: true });
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', host];
  const { stdout, status, stderr } = spawnSync('npm', pack, { cwd: packageRoot(), encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const extract = ['xzf', join(host, filename), '--strip-components=1', '-C', installed];
  const unpacked = spawnSync('tar', extract);
  assert.equal(unpacked.status, 0, String(unpacked.stderr));
  return installed;
}

/** Names of the packages that stand in a node_modules. */
function packagesOf(modules: string): readonly string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    );
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
