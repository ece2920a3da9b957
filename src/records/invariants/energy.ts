import type { Stage } from '../../../machines/protocol.js';
import {
  combined,
  energyKinds,
  energyOfMessage,
  energyOfWork,
  noEnergy,
  sides,
  summed,
  type EnergyBySide,
} from '../energy/energy.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('energy');

/** An account as the attempts on the bus have it: a message is open until its row is told. */
interface Books {
  readonly open: Map<number, EnergyBySide>;
  /** What has ended since the round before was closed. */
  ended: { readonly stage: Stage; readonly energy: EnergyBySide }[];
  spent: EnergyBySide;
  inRounds: EnergyBySide;
  inNone: EnergyBySide;
}

/**
 * Every joule stands at one side, for one kind, and in one round or in none: a message's row has what its attempts
 * cost; nobody spends more on work than the tasks take that it has begun; a closed round has the messages and the
 * work of its stage that have ended since the round before; and rounds, what ended outside of them, and what is
 * under way at the end sum up to all that attempts and work have cost.
 */
export function energy(): Checker {
  const books: Books = { open: new Map(), ended: [], spent: noEnergy, inRounds: noEnergy, inNone: noEnergy };
  /** Joules of all tasks that an actor has begun, and of its rows of work. */
  const work = new Map<string, { begun: number; spent: number }>();
  const workOf = (actor: string) => work.get(actor) ?? { begun: 0, spent: 0 };
  const plus = (one: EnergyBySide, other: EnergyBySide) => combined(one, other, (a, b) => a + b);

  return {
    onBus(event) {
      if (event.phase !== 'attempt') return;
      const { id, from } = event.envelope;
      const { transmitJoules, receiveJoules, idleJoules } = event.attempt;
      const cost = energyOfMessage({ from, transmitJoules, receiveJoules, idleJoules });
      books.open.set(id, plus(books.open.get(id) ?? noEnergy, cost));
      books.spent = plus(books.spent, cost);
    },
    onMessage(row) {
      agree(`message ${row.id}`, energyOfMessage(row), books.open.get(row.id) ?? noEnergy);
      // What the end of the run cuts off stays open.
      if (row.outcome === 'in-flight') return;
      books.ended.push({ stage: row.stage, energy: books.open.get(row.id) ?? noEnergy });
      books.open.delete(row.id);
    },
    onTask({ actor, joules }) {
      const { begun, spent } = workOf(actor);
      work.set(actor, { begun: begun + joules, spent });
    },
    onMetric(row) {
      if (row.type === 'compute') {
        const { begun, spent } = workOf(row.actor);
        work.set(row.actor, { begun, spent: spent + row.joules });
        if (spent + row.joules > begun * (1 + 1e-9)) {
          fail(`${row.actor} spent ${spent + row.joules} J on tasks that take ${begun} J`);
        }
        books.spent = plus(books.spent, energyOfWork(row));
        books.ended.push({ stage: row.stage, energy: energyOfWork(row) });
      }
      if (row.type !== 'round') return;
      const own = books.ended.filter(({ stage }) => stage === row.stage);
      const others = books.ended.filter(({ stage }) => stage !== row.stage);
      const expected = summed(own.map((each) => each.energy));
      const what = `round ${row.round} of ${row.stage}`;
      agree(what, row.energy, expected);
      const radio = energyKinds.filter((kind) => kind !== 'computeJoules');
      const onAir = radio.reduce((sum, kind) => sum + expected.devices[kind] + expected.server[kind], 0);
      if (!isNear(row.energyJoules, onAir))
        fail(`${what} has energyJoules ${row.energyJoules}, not ${onAir}`);
      books.inRounds = plus(books.inRounds, row.energy);
      books.inNone = summed([books.inNone, ...others.map((each) => each.energy)]);
      books.ended = [];
    },
    finish() {
      const rest = [...books.ended.map((each) => each.energy), ...books.open.values()];
      agree('all of the run', summed([books.inRounds, books.inNone, ...rest]), books.spent);
    },
  };
}

/** Equal at each side and of each kind, but for the rounding of sums. */
function agree(what: string, found: EnergyBySide, expected: EnergyBySide): void {
  for (const side of sides) {
    for (const kind of energyKinds) {
      if (isNear(found[side][kind], expected[side][kind])) continue;
      fail(
        `${what} has ${kind} ${found[side][kind]} of ${side}; its attempts and work make ${expected[side][kind]}`,
      );
    }
  }
}

function isNear(found: number, expected: number): boolean {
  return Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}
