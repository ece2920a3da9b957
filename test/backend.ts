import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { selectBackend, type BackendChoice, type Fingerprint } from '../src/learning/model/backend.js';
import type { Probe } from '../src/learning/native/probe.js';

/**
 * The backend that the tests of the learning core run on: `PWFF_TEST_BACKEND`, else WebAssembly.
 * `npm run test:native` runs them on the native library.
 */
export function testBackend(): Promise<Fingerprint> {
  return selectBackend((process.env.PWFF_TEST_BACKEND ?? 'wasm') as BackendChoice);
}

export interface Probed extends Probe {
  /** What the process wrote to stderr. */
  readonly noise: string;
}

let probed: Probed | null = null;

/**
 * What another process found that loaded the native backend. Where it does not load, the tests of a describe
 * block that calls this in its `before` are skipped and the reason is printed; with `PWFF_EXPECT_NATIVE=1`, as
 * in CI, they fail.
 */
export function needsNative(context: Mocha.Context): Probed {
  const native = (probed ??= probe());
  if (native.fingerprint.name === 'native') return native;
  if (process.env.PWFF_EXPECT_NATIVE === '1') throw new Error(native.fingerprint.why);
  console.log(`      skipped: ${native.fingerprint.why}; pwff native`);
  return context.skip();
}

function probe(): Probed {
  const script = fileURLToPath(new URL('../src/learning/native/probe.js', import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the probe ended with ${signal ?? status}: ${stderr}`);
  return { ...(JSON.parse(stdout) as Probe), noise: stderr };
}
