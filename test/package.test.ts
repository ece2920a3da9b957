import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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
});
