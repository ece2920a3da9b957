// @ts-check
/*
 * `npm run build`: compiles everything into a folder beside dist, and puts it in dist's place once it is
 * complete. A build that fails or is interrupted leaves dist as it was; the next one removes what it left.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
const fresh = `dist.new-${process.pid}`;
const replaced = `dist.old-${process.pid}`;

// `npx pwff` in a checkout makes npm link it somewhere else and "prepare" it, in silence, each time anew.
if (process.argv.includes('--unless-npx') && process.env.npm_command === 'exec') process.exit(0);

clearUp();
try {
  run('tsc', '--outDir', fresh);
  run('asc', '--config', 'asconfig.json', '--outFile', `${fresh}/kernels.wasm`);
  run(process.execPath, 'page/build.js', fresh);
  swap();
} finally {
  rmSync(join(root, fresh), { recursive: true, force: true });
}

/** What builds left that are no longer running; an old dist that one took away and did not replace comes back. */
function clearUp() {
  for (const name of readdirSync(root)) {
    const [, kind, pid] = /^dist\.(new|old)-(\d+)$/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    if (kind === 'old' && !existsSync(dist)) renameSync(join(root, name), dist);
    else rmSync(join(root, name), { recursive: true });
  }
}

/**
 * Whether another process has this number.
 *
 * @param {number} pid
 */
function isRunning(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Runs a compiler of this checkout; ends the build where it fails.
 *
 * @param {string} command
 * @param {string[]} args
 */
function run(command, ...args) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) },
    shell: process.platform === 'win32',
    stdio: 'inherit',
  });
  if (status === 0) return;
  const why = error?.message ?? (signal === null ? `ended with ${status}` : `was stopped by ${signal}`);
  console.error(`build: ${command} ${why}; dist is as it was`);
  rmSync(join(root, fresh), { recursive: true, force: true });
  process.exit(1);
}

function swap() {
  if (existsSync(dist)) renameSync(dist, join(root, replaced));
  renameSync(join(root, fresh), dist);
  rmSync(join(root, replaced), { recursive: true, force: true });
}
