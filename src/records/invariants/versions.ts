import { compareOrders, textOf, updateName, type WorkOrder } from '../../../machines/events.js';
import { protocol, type Stage } from '../../../machines/protocol.js';
import { violationsOf, type Checker } from './checker.js';

/** The steps in which a client works on the version that it has taken up. */
const work: Readonly<Record<string, Stage>> = { '1.3': 'instruction', '2.3': 'reward', '3.3': 'alignment' };

/**
 * Versions go forward, and every update counts for what it is: each aggregate makes the next one of its stage; a client
 * takes up only downloads that are newer than all before, so no copy of one; none works on an older global version than
 * it did before in the stage; an aggregate has at most one update of a kind from a client, each as many
 * versions old as were made since its own, with a number of rows that a mean can weigh by.
 */
export function versions(): Checker {
  const installed = new Map<string, number>();
  const takenUp = new Map<string, WorkOrder>();
  let published = 0;
  let closed: { readonly stage: Stage | null; readonly rounds: number } = { stage: null, rounds: 0 };
  const fail = violationsOf('versions');

  return {
    onMetric(row) {
      if (row.type === 'round') closed = { stage: row.stage, rounds: row.round };
      const stage = row.type === 'step' ? work[row.step] : undefined;
      if (row.type !== 'step' || stage === undefined) return;
      const name = `${row.actor} ${stage}`;
      const version = row.round - 1;
      const before = installed.get(name) ?? 0;
      if (version < before) {
        fail(`${row.actor} works on version ${version} of ${stage}, and had version ${before} before`);
      }
      installed.set(name, version);
    },
    onState(event) {
      if (event.type === 'published') {
        const { by, stage, version } = event;
        const expected = by === 'stage' ? 0 : published + Number(by === 'aggregate');
        if (version !== expected) fail(`the server has version ${version} of ${stage} after ${published}`);
        published = version;
      }
      if (event.type !== 'kept' || event.change.by !== 'download') return;
      const { actor, change } = event;
      const before = takenUp.get(actor);
      if (before && compareOrders(change.place, before) <= 0) {
        fail(`${actor} took up the download of ${textOf(change.place)} after that of ${textOf(before)}`);
      }
      takenUp.set(actor, change.place);
    },
    onAggregate(updates) {
      const seen = new Set<string>();
      for (const { from, rows, staleness, ...update } of updates) {
        const { kind, answers } = update;
        const name = `${from}'s ${updateName(update)}`;
        if (seen.has(`${from} ${kind}`)) fail(`${name} is the second ${kind} of ${from} in one aggregate`);
        seen.add(`${from} ${kind}`);
        const { stage } = protocol[kind];
        const made = closed.stage === stage ? closed.rounds : 0;
        if (staleness !== made - answers.version) {
          fail(`${name}, of ${textOf(answers)}, counts as ${staleness} versions old in version ${made + 1}`);
        }
        if (!(Number.isFinite(rows) && rows >= 0)) fail(`${name} has the weight of ${rows} rows`);
      }
    },
  };
}
