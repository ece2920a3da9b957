import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { packageRoot } from '../../paths.js';
import { run } from './run-command.js';
import type { TensorFlow } from './tensorflow.js';

/**
 * The folder of @tensorflow/tfjs-node. npm drops an optional package whose own download failed; this puts it
 * and what it depends on back, as package-lock.json has them, runs no install script, and changes nothing
 * else.
 */
export function bindingPackage(say: (line: string) => void): string {
  if (installedPackage() === null) {
    if (!existsSync(join(packageRoot(), 'package-lock.json'))) {
      throw new UserError(
        '@tensorflow/tfjs-node is not installed: npm install --ignore-scripts @tensorflow/tfjs-node, then again',
      );
    }
    say('installing @tensorflow/tfjs-node without its own download');
    const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error'];
    const advice = { missing: 'install npm', failed: 'npm does not install @tensorflow/tfjs-node' };
    run('npm', ['install', '--no-save', '--ignore-scripts', ...quiet], advice, packageRoot());
  }
  const folder = installedPackage();
  if (folder === null) throw new UserError('npm did not install @tensorflow/tfjs-node: see npm ls');
  return folder;
}

function installedPackage(): string | null {
  const folder = join(packageRoot(), 'node_modules', '@tensorflow', 'tfjs-node');
  return existsSync(join(folder, 'package.json')) ? folder : null;
}

/**
 * Compiles the package's two C++ files against TensorFlow, to where the package looks for the result. One
 * call of the compiler and not the package's binding.gyp: that links libraries of other names, and its way
 * through node-pre-gyp first asks for the download that is closed.
 *
 * @throws UserError where there is no compiler, or no headers of Node, or they do not fit.
 */
export function buildBinding(folder: string, tensorflow: TensorFlow, say: (line: string) => void): void {
  const output = outputPath(folder);
  mkdirSync(dirname(output), { recursive: true });
  const compiler = process.env.CXX ?? 'c++';
  const work = mkdtempSync(join(tmpdir(), 'pwff-binding-'));
  try {
    const sources = mendedSources(join(folder, 'binding'), work);
    const inputs = [nodeHeaders(), join(tensorflow.folder, 'include'), join(folder, 'binding')];
    say(`compiling ${output} with ${compiler}`);
    run(
      compiler,
      [
        ...['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', ...inputs.map((path) => `-I${path}`)],
        ...[...sources, '-o', output, ...linking(tensorflow)],
      ],
      {
        missing: 'install a C++ compiler (Debian: apt-get install g++), or name it with CXX',
        failed: 'the binding does not compile against this TensorFlow',
      },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Asks what tfjs-node itself asks, so the file is where it will look. */
function outputPath(folder: string): string {
  const requireThere = createRequire(join(folder, 'package.json'));
  const preGyp = requireThere('@mapbox/node-pre-gyp') as { find(packageJson: string): string };
  return preGyp.find(join(folder, 'package.json'));
}

/**
 * Copies of the sources, one line mended: the names of an operation's attributes are kept in a set that all
 * threads of the process would write to without a lock; each gets its own.
 */
function mendedSources(from: string, to: string): string[] {
  const shared = 'static std::set<std::string> ATTR_NAME_SET;';
  return ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => {
    const source = readFileSync(join(from, name), 'utf8');
    if (name === 'tfjs_backend.cc' && !source.includes(shared)) {
      throw new UserError(`${join(from, name)} is not the version that pwff knows: npm ci, then again`);
    }
    writeFileSync(join(to, name), source.replace(shared, shared.replace('static', 'static thread_local')));
    return join(to, name);
  });
}

/** The headers that come with Node; the interface they describe is the same for all versions of Node. */
function nodeHeaders(): string {
  const prefix = process.env.npm_config_nodedir ?? dirname(dirname(process.execPath));
  const folder = join(prefix, 'include', 'node');
  if (existsSync(join(folder, 'node_api.h'))) return folder;
  throw new UserError(
    `${folder} lacks node_api.h: install Node's headers (Debian: apt-get install libnode-dev), or name the ` +
      'folder above include/: npm_config_nodedir=<folder> npm run native',
  );
}

/**
 * On Linux the binding stays in memory when the last worker that loaded it ends (`nodelete`): TensorFlow's own
 * threads live on, and would run code that is no longer there.
 */
function linking({ folder, libraries }: TensorFlow): string[] {
  const files = libraries.map((name) => join(folder, name));
  const shared =
    process.platform === 'darwin'
      ? ['-bundle', '-undefined', 'dynamic_lookup']
      : ['-shared', '-Wl,-z,nodelete'];
  return [...shared, `-Wl,-rpath,${folder}`, ...files];
}
