import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The SNR of one link over time, as a CSV file for `channel.traceFile` has it. */
export interface SnrTrace {
  /** From 1. */
  readonly client: number;
  readonly direction: 'uplink' | 'downlink';
  readonly rows: readonly (readonly [seconds: number, snrDb: number])[];
}

/** Writes <client>-<direction>.csv for each: `traceFile` "{client}-{direction}.csv". Returns their paths. */
export function writeTraces(folder: string, traces: readonly SnrTrace[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return traces.map(({ client, direction, rows }) => {
    const lines = rows.map(([seconds, snrDb]) => `${Number(seconds.toFixed(6))},${Number(snrDb.toFixed(3))}`);
    const file = join(folder, `${client}-${direction}.csv`);
    writeFileSync(file, `${['seconds,snrDb', ...lines].join('\n')}\n`);
    return file;
  });
}
