import type { PartOfUpdate, SettledEvent } from '../../simulation/bus/bus.js';
import { violationsOf, type Checker, type Fail } from './checker.js';

interface Tally {
  messages: number;
  bits: number;
}

type State = 'in-flight' | 'delivered' | 'dropped';

/**
 * Messages and bits are neither lost nor made: each one sent, or made as a copy of one that has arrived, is
 * delivered once or dropped once, whether or not a part of it was of use, and sent + duplicated = delivered + dropped +
 * in flight. Its link is done with it once, and what it was done with as delivered has arrived, unless a fault delays it.
 */
export function conservation(mayBeDelayed = true): Checker {
  const known = new Map<number, { readonly bits: number; state: State; isSettled: boolean }>();
  /** Messages that arrive at this moment: their links are done with them. */
  const due = new Set<number>();
  let nowSeconds = 0;
  const tallies = { sent: tally(), duplicated: tally(), delivered: tally(), dropped: tally() };
  const fail = (id: number, what: string): never => violation(`message ${id} ${what}`);

  return {
    onBus(event) {
      const { phase, bits, atSeconds } = event;
      if (due.size > 0 && atSeconds > nowSeconds)
        fail([...due][0]!, 'was delivered by its link and has not arrived');
      nowSeconds = atSeconds;
      const { id } = event.envelope;
      if (phase === 'sent' || phase === 'duplicated') {
        if (known.has(id)) fail(id, 'was sent twice');
        if (phase === 'duplicated' && known.get(event.copyOf)?.bits !== bits) {
          fail(id, `is a copy of message ${event.copyOf}, which has not its size`);
        }
        known.set(id, { bits, state: 'in-flight', isSettled: phase === 'duplicated' });
        count(tallies[phase], bits);
        return;
      }
      const done = phase === 'attempt' ? 'attempted' : phase;
      const message = known.get(id) ?? fail(id, `was ${done} but never sent`);
      if (bits !== message.bits) fail(id, `was sent with ${message.bits} bits and ${done} with ${bits}`);
      if (message.state === 'dropped') fail(id, `was ${done} after it was dropped`);
      if (message.isSettled && phase !== 'delivered') fail(id, `was ${done} after its link was done with it`);
      message.isSettled ||= phase === 'settled';
      if (phase === 'delivered') {
        if (message.state === 'delivered') fail(id, 'was delivered twice');
        message.state = 'delivered';
        due.delete(id);
        count(tallies.delivered, bits);
      }
      if (phase === 'settled' && event.partial) checkPart(event.partial, event, (what) => fail(id, what));
      if (
        phase === 'settled' &&
        event.outcome === 'delivered' &&
        message.state === 'in-flight' &&
        !mayBeDelayed
      ) {
        due.add(id);
      }
      if (phase === 'settled' && event.outcome === 'dropped') {
        if (message.state === 'delivered') fail(id, 'was dropped after it was delivered');
        message.state = 'dropped';
        count(tallies.dropped, bits);
      }
    },
    finish() {
      const open = tally();
      for (const { bits, state } of known.values()) if (state === 'in-flight') count(open, bits);
      for (const unit of ['messages', 'bits'] as const) {
        const { sent, duplicated, delivered, dropped } = tallies;
        const found = delivered[unit] + dropped[unit] + open[unit];
        if (found !== sent[unit] + duplicated[unit]) {
          violation(
            `${sent[unit]} ${unit} were sent and ${duplicated[unit]} duplicated, but ${delivered[unit]} ` +
              `delivered, ${dropped[unit]} dropped and ${open[unit]} in flight make ${found}`,
          );
        }
      }
    },
  };
}

/** Of an update that was dropped a part may come, which is no more than it had; the sender knows of nothing else. */
function checkPart({ arrived, acknowledged }: PartOfUpdate, message: SettledEvent, fail: Fail): void {
  const bits = arrived.reduce((sum, tensor) => sum + tensor.bits, 0);
  if (message.outcome !== 'dropped') fail('came in part although it was delivered');
  if (arrived.length === 0) fail('came in part, and none of its tensors did');
  if (bits > message.bits) fail(`has ${message.bits} bits, of which ${bits} came`);
  if (!acknowledged.every((tensor) => arrived.includes(tensor)))
    fail('had tensors acknowledged that never came');
}

const violation = violationsOf('conservation');

const tally = (): Tally => ({ messages: 0, bits: 0 });

function count(total: Tally, bits: number): void {
  total.messages += 1;
  total.bits += bits;
}
