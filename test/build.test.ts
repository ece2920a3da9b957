import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { readdirSync, rmSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.js';

/** A checkout with the project's own build, scripts and compilers, and two small sources. */
describe('npm run build', function () {
  this.timeout(180_000);
  let root = '';
  const cli = () => readFileSync(join(root, 'dist/src/cli.js'), 'utf8');
  const folders = () => readdirSync(root).filter((name) => name.startsWith('dist'));
  const write = (text: string) => writeFileSync(join(root, 'src/cli.ts'), `#!/usr/bin/env node\n${text}\n`);
  const build = () => spawnSync(process.execPath, ['build.js'], { cwd: root, encoding: 'utf8' });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pwff-build-'));
    for (const folder of ['src', 'kernels', 'page']) mkdirSync(join(root, folder));
    for (const file of ['build.js', 'tsconfig.json', 'asconfig.json', 'kernels/tsconfig.json']) {
      copyFileSync(join(packageRoot(), file), join(root, file));
    }
    const { name, version, type, bin, scripts } = JSON.parse(
      readFileSync(join(packageRoot(), 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name, version, type, bin, scripts }));
    writeFileSync(join(root, 'page/build.js'), '');
    writeFileSync(join(root, 'kernels/index.ts'), 'export function one(): i32 { return 1; }\n');
    symlinkSync(join(packageRoot(), 'node_modules'), join(root, 'node_modules'));
    // A dist as an earlier build left it.
    mkdirSync(join(root, 'dist/src'), { recursive: true });
    writeFileSync(join(root, 'dist/src/cli.js'), "#!/usr/bin/env node\nconsole.log('old');\n");
    chmodSync(join(root, 'dist/src/cli.js'), 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('puts what is complete in dist’s place, and leaves nothing beside it', () => {
    write("console.log('new');");
    writeFileSync(join(root, 'dist/of-a-source-that-is-gone.js'), '');
    const { status, stderr } = build();
    assert.equal(status, 0, stderr);
    assert.match(cli(), /'new'/);
    assert.ok(existsSync(join(root, 'dist/kernels.wasm')));
    assert.ok(!existsSync(join(root, 'dist/of-a-source-that-is-gone.js')));
    assert.deepEqual(folders(), ['dist']);
  });

  it('leaves dist as it was where a source is wrong, and says so', () => {
    write('const text: string = 1;');
    const { status, stderr } = build();
    assert.equal(status, 1);
    assert.match(stderr, /^build: tsc ended with \d+; dist is as it was$/m);
    assert.match(cli(), /'old'/);
    assert.deepEqual(folders(), ['dist']);
  });

  it('leaves dist as it was where it is killed, and clears up after it the next time', async () => {
    write("console.log('new');");
    const killed = spawn(process.execPath, ['build.js'], { cwd: root, detached: true, stdio: 'ignore' });
    for await (const name of begun(root)) if (name === `dist.new-${killed.pid}`) break;
    process.kill(-killed.pid!, 'SIGKILL');
    await once(killed, 'close');
    assert.match(cli(), /'old'/);
    assert.equal(folders().length, 2);
    assert.equal(build().status, 0);
    assert.match(cli(), /'new'/);
    assert.deepEqual(folders(), ['dist']);
  });

  it('takes an old dist back that a dead build had moved away, before anything else', async () => {
    write('const text: string = 1;');
    const dead = spawn(process.execPath, ['--eval', '0']);
    await once(dead, 'close');
    spawnSync('mv', ['dist', `dist.old-${dead.pid}`], { cwd: root });
    assert.equal(build().status, 1);
    assert.match(cli(), /'old'/);
    assert.deepEqual(folders(), ['dist']);
  });

  it('does not happen when `npx pwff` runs the command', function () {
    if (process.platform === 'win32') this.skip();
    write("console.log('new');");
    rmSync(join(root, 'node_modules'));
    const cache = join(root, 'cache');
    const env = { ...process.env, npm_config_cache: cache, npm_config_offline: 'true', npm_command: '' };
    const { stdout, stderr } = spawnSync('npx', ['pwff'], { cwd: root, encoding: 'utf8', env });
    assert.equal(stdout, 'old\n', stderr);
  });
});

/** Names of what appears in a folder from now on. */
async function* begun(folder: string): AsyncGenerator<string | null> {
  const watcher = watch(folder);
  try {
    while (true) {
      const [, name] = (await once(watcher, 'change')) as [string, string | null];
      yield name;
    }
  } finally {
    watcher.close();
  }
}
