import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.js';
import { bindingPackage, buildBinding } from './binding.js';
import type { Probe } from './probe.js';
import { tensorflowLibrary } from './tensorflow.js';

/**
 * Makes the native backend load where the own download of @tensorflow/tfjs-node is closed; answers with what a
 * process finds that has loaded it. docs/native.md says what it needs and what was tried.
 *
 * @throws UserError, in one line, where a step fails.
 */
export function installNative(say: (line: string) => void): Probe {
  const before = probe();
  const asked = process.env.PWFF_TENSORFLOW;
  if (typeof before !== 'string' && asked === undefined) return before;
  say(typeof before === 'string' ? `not yet: ${before}` : `${asked} is asked for`);
  const tensorflow = tensorflowLibrary(say);
  buildBinding(bindingPackage(say), tensorflow, say);
  const after = probe();
  if (typeof after === 'string') throw new UserError(`it is built, but ${after}`);
  return after;
}

/** What a new process finds that loads the native backend, or in one line why it does not. */
function probe(): Probe | string {
  const script = fileURLToPath(new URL('./probe.js', import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (signal !== null) return `its process was ended by ${signal}`;
  if (status !== 0) return `its process ended with ${status}: ${stderr.trim().split('\n').at(-1)}`;
  const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as Probe;
  if (found.fingerprint.name !== 'native') return found.fingerprint.why;
  const right = found.product.join() === '19,22,43,50';
  return right ? found : `it multiplies matrices wrongly: ${found.product.join()}`;
}
