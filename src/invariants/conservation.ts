import { InvariantViolation, type Checker } from './checker.js';

interface Tally {
  messages: number;
  bits: number;
}

/**
 * Messages and bits are neither lost nor made: each one sent ends once, and sent = delivered + dropped + in
 * flight.
 */
export function conservation(): Checker {
  const inFlight = new Map<number, number>();
  const ended = new Set<number>();
  const tallies = { sent: tally(), delivered: tally(), dropped: tally() };
  const fail = (id: number, what: string): never => {
    throw new InvariantViolation('conservation', `message ${id} ${what}`);
  };

  return {
    onBus({ phase, envelope: { id }, bits }) {
      if (phase === 'sent') {
        if (inFlight.has(id) || ended.has(id)) fail(id, 'was sent twice');
        inFlight.set(id, bits);
        count(tallies.sent, bits);
        return;
      }
      const done = phase === 'attempt' ? 'attempted' : phase;
      if (ended.has(id)) fail(id, `was ${done} after its end`);
      const sentBits = inFlight.get(id) ?? fail(id, `was ${done} but never sent`);
      if (bits !== sentBits) fail(id, `was sent with ${sentBits} bits and ${done} with ${bits}`);
      if (phase === 'attempt') return;
      inFlight.delete(id);
      ended.add(id);
      count(tallies[phase], bits);
    },
    finish() {
      const open = tally();
      for (const bits of inFlight.values()) count(open, bits);
      for (const unit of ['messages', 'bits'] as const) {
        const { sent, delivered, dropped } = tallies;
        const found = delivered[unit] + dropped[unit] + open[unit];
        if (found !== sent[unit]) {
          throw new InvariantViolation(
            'conservation',
            `${sent[unit]} ${unit} were sent, but ${delivered[unit]} delivered, ${dropped[unit]} dropped ` +
              `and ${open[unit]} in flight make ${found}`,
          );
        }
      }
    },
  };
}

const tally = (): Tally => ({ messages: 0, bits: 0 });

function count(total: Tally, bits: number): void {
  total.messages += 1;
  total.bits += bits;
}
