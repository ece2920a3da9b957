import type { Message, Stage } from '../../../machines/events.js';
import { InvariantViolation, type Checker } from './checker.js';

const stages: readonly Stage[] = ['instruction', 'reward', 'alignment'];

interface Version {
  readonly stage: Stage;
  readonly round: number;
}

/** The newest version that went one way, and the kinds of message that have brought it. */
interface Latest extends Version {
  readonly kinds: readonly Message['kind'][];
}

/**
 * Versions only grow: the server closes the rounds of a stage one by one from 1 and none after its last
 * verdict, the stages follow each other, downloads to a client and updates of a client never go back and
 * bring each kind of message once a version, and no aggregate holds an update of another stage or of a round
 * that was not open yet.
 */
export function roundOrder(): Checker {
  let closed: Version & { readonly over: boolean } = { stage: 'instruction', round: 0, over: false };
  const latest = new Map<string, Latest>();
  const fail = (what: string): never => {
    throw new InvariantViolation('round order', what);
  };
  const open = (): Version =>
    closed.over ? { stage: nextStage(closed.stage), round: 1 } : { ...closed, round: closed.round + 1 };

  return {
    onBus({ phase, envelope: { from, to, message } }) {
      if (phase !== 'sent') return;
      const way = `${from} to ${to}`;
      const before = latest.get(way);
      const { kind, stage, round } = message;
      if (before && age(message) < age(before)) {
        fail(`${way}: ${kind} of ${nameOf(message)} was sent after ${nameOf(before)}`);
      }
      const kinds = before && age(message) === age(before) ? before.kinds : [];
      if (kinds.includes(kind)) fail(`${way}: ${kind} of ${nameOf(message)} was sent twice`);
      latest.set(way, { stage, round, kinds: [...kinds, kind] });
    },
    onMetric(row) {
      if (row.type !== 'round') return;
      const expected = open();
      if (row.stage !== expected.stage || row.round !== expected.round) {
        fail(`the server closed ${nameOf(row)}, when ${nameOf(expected)} was open`);
      }
      closed = { stage: row.stage, round: row.round, over: row.verdict !== 'continue' };
    },
    onAggregate(updates) {
      const now = open();
      for (const update of updates) {
        if (update.stage !== now.stage || update.round > now.round) {
          fail(`${update.from}'s ${update.kind} of ${nameOf(update)} was aggregated in ${nameOf(now)}`);
        }
      }
    },
  };
}

const nameOf = ({ stage, round }: Version) => `${stage} round ${round}`;

function nextStage(stage: Stage): Stage {
  return stages[stages.indexOf(stage) + 1] ?? stage;
}

/** A number that grows with stage and round. */
function age({ stage, round }: Version): number {
  return stages.indexOf(stage) * 1e9 + round;
}
