import type { Stage } from '../../../machines/protocol.js';
import type { CrashCause } from '../rows.js';
import { InvariantViolation, type Checker } from './checker.js';

/** With which steps a run that begins with a stage may begin, the server's and a client's. */
const firstSteps: Readonly<Record<Stage, { readonly server: string; readonly client: readonly string[] }>> = {
  instruction: { server: '1.1', client: ['1.2'] },
  reward: { server: '2.1', client: ['1.2', '2.2', '3.1'] },
  alignment: { server: '3.4', client: ['1.2', '3.1'] },
};

/** Which steps of the paper may follow a step of the server. */
const serverSteps: Readonly<Record<string, readonly string[]>> = {
  '1.1': ['1.4'],
  '1.4': ['1.5'],
  '1.5': ['1.4', '2.1'],
  '2.1': ['2.4'],
  '2.4': ['2.5'],
  '2.5': ['2.4', '3.4'],
  '3.4': ['3.5'],
  '3.5': ['3.4'],
};

/** The same of a client, which may miss rounds or, on a bad link, a whole stage. */
const clientSteps: Readonly<Record<string, readonly string[]>> = {
  '1.2': ['1.3', '2.2', '3.1'],
  '1.3': ['1.3', '2.2', '3.1'],
  '2.2': ['2.3'],
  '2.3': ['2.3', '3.1'],
  // A client that is told to drop its work may be at Step 3.1.
  '3.1': ['3.1', '3.2'],
  '3.2': ['3.3'],
  '3.3': ['3.2'],
  crash: ['1.2', '1.3', '2.2', '2.3', '3.1', '3.2'],
};

const crashes: readonly string[] = ['crash', 'task-failed'] satisfies readonly CrashCause[];

/**
 * Every actor goes through Steps 1.1 to 3.5 in the paper's order, from those on that the first stage begins with. A
 * client that has crashed may have lost any of them, and begins again with whichever it has to.
 */
export function phaseOrder(first: Stage): Checker {
  const { server, client } = firstSteps[first];
  const latest = new Map<string, string>();

  return {
    onMetric(row) {
      if (row.type === 'presence' && crashes.includes(row.cause)) latest.set(row.actor, 'crash');
      if (row.type !== 'step') return;
      const before = latest.get(row.actor) ?? '';
      const [start, steps] = row.actor === 'server' ? [[server], serverSteps] : [client, clientSteps];
      const allowed = before === '' ? start : (steps[before] ?? []);
      if (!allowed.includes(row.step)) {
        throw new InvariantViolation(
          'phase order',
          `${row.actor} entered Step ${row.step} at ${row.virtualSeconds} s after ` +
            `${before === '' ? 'nothing' : `Step ${before}`}; expected ${allowed.join(' or ')}`,
        );
      }
      latest.set(row.actor, row.step);
    },
  };
}
