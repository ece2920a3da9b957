import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { run } from './run-command.js';

/** TensorFlow's shared library and its headers, as Python's package of TensorFlow holds them. */
export interface TensorFlow {
  /** Holds `libraries` and `include`. */
  readonly folder: string;
  readonly libraries: readonly string[];
}

interface Platform {
  /** What pip is asked for; `PWFF_TENSORFLOW` names another. */
  readonly requirement: string;
  readonly libraries: readonly string[];
}

const linuxLibraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** By Node's names. Tried: linux-x64. TensorFlow 2.21 works too, but logs where oneDNN is on. */
const platforms: Readonly<Record<string, Platform>> = {
  'linux-x64': { requirement: 'tensorflow-cpu==2.20.0', libraries: linuxLibraries },
  'linux-arm64': { requirement: 'tensorflow==2.20.0', libraries: linuxLibraries },
  'darwin-arm64': {
    requirement: 'tensorflow==2.20.0',
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
  },
};

/** The package's Python code never runs, so the Python that fetches it may be another one. */
const pythonOfPackage = '3.11';

/** Those of the package's headers that the C API includes. */
const headers = ['tensorflow', 'tsl', 'xla'];

/**
 * TensorFlow in the user's cache folder, from where it is used; fetched with pip where it is not there yet.
 *
 * @throws UserError where this platform has no such package, or pip does not get it.
 */
export function tensorflowLibrary(say: (line: string) => void): TensorFlow {
  const platform = platforms[`${process.platform}-${process.arch}`];
  if (platform === undefined) {
    throw new UserError(
      `this is ${process.platform} on ${process.arch}; the native backend can be built on ` +
        `${Object.keys(platforms).join(', ')}: use the WebAssembly backend, which needs no building`,
    );
  }
  const requirement = process.env.PWFF_TENSORFLOW ?? platform.requirement;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pwff');
  const folder = join(cache, requirement.replace(/[^\w.]+/g, '-'));
  const tensorflow = { folder, libraries: platform.libraries };
  if (existsSync(folder)) {
    say(`TensorFlow is there already: ${folder}`);
  } else {
    say(`fetching ${requirement} with pip (about 250 MB) into ${folder}`);
    fetchInto(tensorflow, requirement);
  }
  return tensorflow;
}

/** The folder appears only when it is complete. */
function fetchInto({ folder, libraries }: TensorFlow, requirement: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = mkdtempSync(`${folder}.partial-`);
  try {
    const wheel = join(temporary, 'wheel');
    pipInstall(requirement, wheel);
    keepOnly(join(wheel, 'tensorflow'), libraries, join(temporary, 'kept'), requirement);
    renameSync(join(temporary, 'kept'), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function pipInstall(requirement: string, target: string): void {
  const python = process.env.PYTHON ?? 'python3';
  const exactly = [
    '--no-deps',
    '--no-compile',
    '--only-binary',
    ':all:',
    '--python-version',
    pythonOfPackage,
  ];
  const pip = ['-m', 'pip', 'install', '--quiet', ...exactly, '--target', target, requirement];
  run(python, pip, {
    missing: `install Python 3 with pip, or name it: PYTHON=<path> pwff native`,
    failed: `pip does not get ${requirement}; another version: PWFF_TENSORFLOW=tensorflow==<version>`,
  });
}

function keepOnly(from: string, libraries: readonly string[], to: string, requirement: string): void {
  const wanted = [...libraries, ...headers.map((name) => join('include', name))];
  for (const name of wanted.filter((name) => existsSync(join(from, name)))) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    renameSync(join(from, name), join(to, name));
  }
  const lacking = [...libraries, join('include', 'tensorflow', 'c', 'c_api.h')].filter(
    (name) => !existsSync(join(to, name)),
  );
  if (lacking.length > 0) {
    throw new UserError(`${requirement} lacks ${lacking.join(', ')}; try another version: PWFF_TENSORFLOW`);
  }
}
