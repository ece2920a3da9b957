import { compareOrders, placeOf, type WorkOrder } from '../../../machines/events.js';
import { stageAfter, type MessageKind, type Stage } from '../../../machines/protocol.js';
import { violationsOf, type Checker } from './checker.js';

/** The newest place that one way's messages have come to, and the kinds of message sent of it. */
interface Latest {
  readonly place: WorkOrder;
  readonly kinds: readonly MessageKind[];
}

/**
 * `stages`: those of the run, in order. Versions only grow: the server closes the rounds of a stage one by one from 1, none
 * after its last verdict and no more than `most` says, the stages follow each other, downloads to a client and updates of a client never go back and
 * bring each kind of message once an order, and no aggregate holds an update of another stage or of a version
 * that was not there yet.
 */
export function roundOrder(
  stages: readonly Stage[],
  most: Readonly<Record<Stage, { readonly maxRounds: number }>>,
): Checker {
  let open: { readonly stage: Stage; readonly round: number } | null = { stage: stages[0]!, round: 1 };
  const latest = new Map<string, Latest>();
  const fail = violationsOf('round order');
  const openName = () => (open === null ? 'nothing' : nameOf(open.stage, open.round));

  return {
    onBus({ phase, envelope: { from, to, message } }) {
      if (phase !== 'sent') return;
      const way = `${from} to ${to}`;
      const place = placeOf(message);
      const before = latest.get(way) ?? { place, kinds: [] };
      const age = compareOrders(place, before.place);
      const what = `${message.kind} of ${placeName(place)}`;
      if (age < 0) fail(`${way}: ${what} was sent after ${placeName(before.place)}`);
      const kinds = age === 0 ? before.kinds : [];
      if (kinds.includes(message.kind)) fail(`${way}: ${what} was sent twice`);
      latest.set(way, { place, kinds: [...kinds, message.kind] });
    },
    onMetric(row) {
      if (row.type !== 'round') return;
      const { stage, round, verdict } = row;
      if (open?.stage !== stage || open.round !== round) {
        fail(`the server closed ${nameOf(stage, round)}, when ${openName()} was open`);
      }
      const { maxRounds } = most[stage];
      if (round > maxRounds) fail(`the server closed ${nameOf(stage, round)}, of ${maxRounds} at most`);
      const next = stageAfter(stage, stages);
      if (verdict === 'continue') open = { stage, round: round + 1 };
      else open = next && { stage: next, round: 1 };
    },
    onAggregate(updates) {
      for (const { from, kind, answers } of updates) {
        if (open?.stage === answers.stage && answers.version < open.round) continue;
        fail(
          `${from}'s ${kind} of ${nameOf(answers.stage, answers.version + 1)} was aggregated in ${openName()}`,
        );
      }
    },
  };
}

const nameOf = (stage: Stage, round: number) => `${stage} round ${round}`;

function placeName({ stage, version, order }: WorkOrder): string {
  return `${stage} version ${version}${order > 1 ? `, order ${order}` : ''}`;
}
