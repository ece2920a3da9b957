import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { messageOf, oneLine } from '../errors.js';
import type { Fingerprint } from '../learning/model/backend.js';
import { loadedLibraries } from '../learning/model/native.js';
import { packageRoot } from '../paths.js';
import type { Standing } from '../queue/standing.js';
import { number } from '../records/report/format.js';
import { queueOf, type QueueOptions } from './executor-options.js';
import { exit, type ExitCode } from './exit.js';
import type { Finding } from './finding.js';
import { pythonFinding } from './python-finding.js';
import type { Services } from './services.js';
import { line, paintFor, type Style, type Terminal } from './terminal.js';

/** `pwff doctor`: whether runs will work here, how fast, and what to do about what is missing. */
export async function doctorCommand(
  options: QueueOptions,
  services: Services,
  { out }: Terminal,
): Promise<ExitCode> {
  const paint = paintFor(out);
  const { queue } = queueOf(options);
  const findings = [
    nodeFinding(process.versions.node, requiredNode()),
    coresFinding(availableParallelism()),
    memoryFinding(freemem(), totalmem()),
    ...(await backendFindings(services)),
    ...(process.env['PWFF_PYTHON'] ? [pythonFinding(process.env['PWFF_PYTHON'])] : []),
    modelFinding(join(packageRoot(), 'assets', 'embedded')),
    folderFinding('runs'),
    ...(queue === undefined ? [] : await queueFindings(queue, services)),
  ];
  const marks: Readonly<Record<Finding['verdict'], readonly [string, Style]>> = {
    ok: ['ok', 'green'],
    'could be better': ['note', 'yellow'],
    broken: ['broken', 'red'],
  };
  for (const { verdict, what, advice } of findings) {
    const [mark, style] = marks[verdict];
    line(out, `${paint(style, mark.padEnd(6))}  ${what}`);
    if (advice !== undefined) line(out, `        ${advice}`);
  }
  return findings.some(({ verdict }) => verdict === 'broken') ? exit.failed : exit.ok;
}

/** The lowest version that package.json's engines name. */
function requiredNode(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { engines: { node: string } }).engines.node.replace(/^>=\s*/, '');
}

export function nodeFinding(version: string, required: string): Finding {
  const enough = version.localeCompare(required, 'en', { numeric: true }) >= 0;
  if (enough) return { verdict: 'ok', what: `Node ${version} (needs ${required} or newer)` };
  return {
    verdict: 'broken',
    what: `Node ${version} is too old, pwff needs ${required} or newer`,
    advice: 'install a current Node from https://nodejs.org',
  };
}

function coresFinding(cores: number): Finding {
  const workers = `a run uses ${cores === 1 ? 'one worker' : `up to ${cores} workers`}, see --workers`;
  if (cores > 1) return { verdict: 'ok', what: `${cores} cores: ${workers}` };
  return {
    verdict: 'could be better',
    what: `1 core: ${workers}`,
    advice: 'clients train one after another',
  };
}

const roomyBytes = 1e9;

export function memoryFinding(free: number, total: number): Finding {
  const what = `${number(free / 1e9)} GB of ${number(total / 1e9)} GB memory free`;
  if (free >= roomyBytes) return { verdict: 'ok', what };
  return { verdict: 'could be better', what, advice: 'with less than 1 GB free, use --workers 1' };
}

async function backendFindings(services: Services): Promise<Finding[]> {
  try {
    return backendFinding(await services.selectBackend('auto'), loadedLibraries());
  } catch (error) {
    return [
      {
        verdict: 'broken',
        what: `TensorFlow.js does not start: ${messageOf(error)}`,
        advice: 'install the packages again: npm ci',
      },
    ];
  }
}

/** Which backend runs will get, the files of the native library that it has loaded, or how to get them. */
export function backendFinding(
  { name, version, why }: Pick<Fingerprint, 'name' | 'version' | 'why'>,
  libraries: readonly string[],
): Finding[] {
  const [ours, theirs] = version.split('+');
  const library = theirs === undefined ? '' : `, library ${theirs.replace('-', ' ')}`;
  const inUse: Finding = {
    verdict: 'ok',
    what: `TensorFlow.js ${ours} on the ${name} backend (${why})${library}`,
  };
  if (name === 'native') return [inUse, ...libraries.map((path): Finding => ({ verdict: 'ok', what: path }))];
  return [
    inUse,
    {
      verdict: 'could be better',
      what: 'the native library of TensorFlow is not in use; it is optional and faster for larger models',
      advice: 'to get it: pwff native (it fetches the library with pip and builds the binding)',
    },
  ];
}

export function modelFinding(folder: string): Finding {
  const missing = ['config.json', 'tokenizer.json', 'model.safetensors'].filter(
    (name) => !existsSync(join(folder, name)),
  );
  if (missing.length > 0) {
    return {
      verdict: 'broken',
      what: `the embedded model lacks ${missing.join(', ')}`,
      advice: 'install the package again, or make it: pwff pretrain',
    };
  }
  const bytes = readFileSync(join(folder, 'model.safetensors'));
  const hash = createHash('sha256').update(bytes).digest('hex');
  return {
    verdict: 'ok',
    what: `embedded model: ${number(bytes.length / 1e6)} MB, sha256 ${hash.slice(0, 16)}…`,
  };
}

/** Who computes at a queue, and which tasks nobody could. */
async function queueFindings(queue: string, services: Services): Promise<Finding[]> {
  const { queueAddress } = await import('../queue/address.js');
  const { standingAt } = await import('../queue/standing.js');
  const { identityOf, nameOfIdentity } = await import('../journal/identity.js');
  const address = queueAddress('--queue', queue);
  const own = nameOfIdentity(identityOf(await services.selectBackend('auto')));
  return queueFinding(address.shown, await standingAt(address, [own]));
}

function queueFinding(shown: string, { workers, waiting, active, completed, dead }: Standing): Finding[] {
  const jobs = `${waiting} tasks wait, ${active.length} are computed, ${completed} are done`;
  const at = active.map(({ kind, worker }): Finding => ({
    verdict: 'ok',
    what: `${worker} computes ${kind}`,
  }));
  const there: Finding =
    workers.length > 0
      ? { verdict: 'ok', what: `${shown}: ${workers.length} workers (${workers.join(', ')}); ${jobs}` }
      : {
          verdict: 'could be better',
          what: `${shown}: no worker; ${jobs}`,
          advice: `on any machine: pwff worker --queue ${shown}`,
        };
  const letters = dead.map(({ key, kind, run, worker, how, message }): Finding => ({
    verdict: 'could be better',
    what: `task ${kind} (key ${key.slice(0, 16)}) of run ${run.slice(0, 8)} failed: ${how}, ${oneLine(message)}`,
    advice: `at worker ${worker ?? 'that fell silent'}; kept for a week, and computed again where a run asks for it`,
  }));
  return [there, ...at, ...letters];
}

export function folderFinding(folder: string): Finding {
  const existing = nearestExisting(resolve(folder));
  try {
    accessSync(existing, constants.W_OK);
    return { verdict: 'ok', what: `records can be written to ${folder}/` };
  } catch {
    return {
      verdict: 'broken',
      what: `records cannot be written to ${folder}/: ${existing} may not be written to`,
      advice: 'choose another folder: pwff run … --out <folder>',
    };
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}
