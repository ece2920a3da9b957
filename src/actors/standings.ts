import type { Stage } from '../../machines/protocol.js';
import type { Member, ServerContext } from '../../machines/server.js';
import { Digest } from '../keyed-list.js';
import { isSettled } from './answers.js';

/*
 * How all clients stand, which the server asks at every event, and an event changes one of them.
 */

type Asked = Pick<ServerContext, 'members' | 'clients' | 'stage' | 'rewards'>;

const away = new Digest<Member, number>(({ presence }) => Number(presence === 'away'), plus, 0);

/** All but those who are known to be away. */
export function present({ members, clients }: Asked): readonly string[] {
  const none = away.total(members) === 0;
  return none ? clients : presence.keysWhere(members, (here) => here);
}

const presence = new Digest<Member, boolean>(({ presence }) => presence !== 'away', or, false);

/** Of whom nothing more is expected. */
export function settled(asked: Asked): readonly string[] {
  return byStage(asked).settled.keysWhere(asked.members, (count) => count > 0);
}

/** Of whom something is. */
export function working(asked: Asked): readonly string[] {
  return byStage(asked).working.keysWhere(asked.members, (count) => count > 0);
}

/** How many they are. */
export function countWorking(asked: Asked): number {
  return byStage(asked).working.total(asked.members);
}

/** Those of them whose order is so many seconds old, and those who are present and settled. */
export function free(asked: Asked, nowSeconds: number, afterSeconds: number): readonly string[] {
  return byStage(asked).since.keysWhere(asked.members, (since) => nowSeconds - since >= afterSeconds);
}

/** Those who work whose order is so many seconds old. */
export function overdueSince(asked: Asked, nowSeconds: number, afterSeconds: number): readonly string[] {
  return byStage(asked).ordered.keysWhere(asked.members, (since) => nowSeconds - since >= afterSeconds);
}

/** What is kept of each stage's answers, once for all runs: a branch belongs to one run. */
const known = new Map<string, Digests>();

type Digests = ReturnType<typeof digestsOf>;

function byStage({ stage, rewards }: Asked): Digests {
  const name = [stage, ...rewards].join(' ');
  const digests = known.get(name) ?? digestsOf(stage, rewards);
  known.set(name, digests);
  return digests;
}

function digestsOf(stage: Stage, rewards: ServerContext['rewards']) {
  const isDone = (member: Member) => isSettled(member, stage, rewards);
  /** When the orders were given that are not answered; of several the earliest. */
  const ordered = (member: Member) => (isDone(member) ? Infinity : member.orderedAtSeconds);
  /** The same, and -Infinity for who has none. */
  const since = (member: Member) =>
    member.presence === 'away' ? Infinity : isDone(member) ? -Infinity : member.orderedAtSeconds;
  return {
    settled: new Digest<Member, number>((member) => Number(isDone(member)), plus, 0),
    working: new Digest<Member, number>((member) => Number(!isDone(member)), plus, 0),
    ordered: new Digest<Member, number>(ordered, Math.min, Infinity),
    since: new Digest<Member, number>(since, Math.min, Infinity),
  };
}

function plus(one: number, other: number): number {
  return one + other;
}

function or(one: boolean, other: boolean): boolean {
  return one || other;
}
