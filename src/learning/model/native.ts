import { availableParallelism } from 'node:os';
import util from 'node:util';
import { isMainThread } from 'node:worker_threads';

/*
 * What the native library wants of the process that loads it. Nothing here loads TensorFlow.js.
 */

/**
 * What TensorFlow's C library reads from the process's environment when its first context is made; a value
 * that the user has set stays. Call it on the main thread before a worker starts: a worker's environment is a
 * copy that C does not see, so there it changes nothing.
 *
 * One thread per operation: the pool already has a worker per core, and how many threads share a sum decides
 * its last bit, so results would depend on the machine's cores.
 *
 * Without oneDNN: with it the quickstart took half as much processor time again and twice the memory,
 * probably because it compiles and keeps code for every new shape of a batch (docs/native.md).
 */
export function prepareNative(): void {
  if (!isMainThread) return;
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // errors only
}

/** What of the above decides a result's last bits. */
export function nativeSettings(): readonly string[] {
  const oneDnn = process.env.TF_ENABLE_ONEDNN_OPTS ?? 'default';
  return [`onednn:${oneDnn}`, `threads:${threadsPerOperation()}`];
}

/** On how many threads TensorFlow runs one operation. */
export function threadsPerOperation(): number {
  const asked = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return asked >= 1 ? Math.floor(asked) : availableParallelism();
}

/** The files of TensorFlow and its binding to Node that this process has loaded. */
export function loadedLibraries(): readonly string[] {
  const report = process.report.getReport() as Partial<{ sharedObjects: readonly string[] }>;
  return (report.sharedObjects ?? []).filter((path) =>
    /libtensorflow|tfjs_binding|tensorflow\.dll/.test(path),
  );
}

/** tfjs-node 4.22 calls two functions that Node 22 warns of, on stderr, and Node 23 and later lack. */
export function mendUtil(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}
