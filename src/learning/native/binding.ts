import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, UserError } from '../../errors.js';
import { packageRoot } from '../../paths.js';
import { run } from './run-command.js';
import type { TensorFlow } from './tensorflow.js';

/** The folder of @tensorflow/tfjs-node, wherever it was installed; see {@link putBack} for where it was not. */
export function bindingPackage(say: (line: string) => void): string {
  const found = installedFolder(packageName);
  if (found !== null) return found;
  const core = installedFolder('@tensorflow/tfjs');
  if (core === null) throw new UserError('@tensorflow/tfjs is not installed: install pwff again');
  const { version } = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8')) as { version: string };
  say(`installing ${packageName} ${version} without its own download`);
  return putBack(version);
}

const packageName = '@tensorflow/tfjs-node';

/** Asks as Node does, so that it does not matter in which folder above pwff a package stands. */
function installedFolder(name: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

/**
 * npm drops an optional package whose own download failed. This puts it into pwff's own node_modules and runs
 * no install script: npm installs it elsewhere first, so that it changes nothing else. What it depends on
 * goes with it, but for TensorFlow.js: the package has to find the one that pwff finds, of which it is a part.
 *
 * @throws UserError where npm does not get it, or may not write there.
 */
function putBack(version: string): string {
  const modules = join(packageRoot(), 'node_modules');
  const target = join(modules, packageName);
  const work = temporaryIn(modules);
  try {
    writeFileSync(join(work, 'package.json'), '{}');
    const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error'];
    const advice = { missing: 'install npm', failed: `npm does not install ${packageName}` };
    const wanted = `${packageName}@${version}`;
    run('npm', ['install', '--ignore-scripts', '--prefix', work, ...quiet, wanted], advice, work);
    const fresh = join(work, 'node_modules', packageName);
    mkdirSync(join(fresh, 'node_modules'), { recursive: true });
    for (const name of readdirSync(join(work, 'node_modules'))) {
      const inside = join(fresh, 'node_modules', name);
      if (name === '@tensorflow' || name.startsWith('.') || existsSync(inside)) continue;
      renameSync(join(work, 'node_modules', name), inside);
    }
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}

function temporaryIn(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return mkdtempSync(join(folder, '.pwff-native-'));
  } catch (error) {
    throw new UserError(
      `${folder}: cannot be written to (${messageOf(error)}), expected pwff's own folder; ` +
        'run pwff native as the user who installed pwff',
    );
  }
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
      'folder above include/: npm_config_nodedir=<folder> pwff native',
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
