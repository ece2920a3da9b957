import assert from 'node:assert/strict';
import { Cell } from '../../../src/radio/cell/cell.js';
import type { Scheduler } from '../../../src/radio/cell/scheduler.js';
import { band } from '../../../src/records/invariants/band.js';
import { InvariantViolation } from '../../../src/records/invariants/checker.js';
import { messageOf } from '../../radio/channel/a-link.js';
import { uplinksWith } from '../../radio/cell/scheduled.js';

/** What two who send half a second get by such a scheduler, as the checker hears of it. */
function given(scheduler: Scheduler) {
  const cell = new Cell({ scheduler, power: 'kept' });
  for (const link of uplinksWith({ fading: 'none' }, { clients: 2 })) {
    cell.begin({ link, message: messageOf(1), bits: 1e6, number: 1 }, 0);
  }
  cell.lookAhead();
  cell.arrive();
  return cell.takeGiven();
}

const sharing = (...parts: readonly number[]): Scheduler => ({
  windowSeconds: null,
  allot: (_, shares) => parts.forEach((part, i) => (shares[i] = part)),
});
const hear = (scheduler: Scheduler) => band().onBand!('uplink', given(scheduler));
const violation = (message: RegExp) => (error: unknown) =>
  error instanceof InvariantViolation && message.test(error.message);

describe('the checker of a scheduled band', () => {
  it('has nothing to say where all of the band is given, to one or to both', () => {
    hear(sharing(0.5, 0.5));
    hear(sharing(1, 0));
  });

  it('refuses a scheduler that gives more than there is', () => {
    assert.throws(
      () => hear(sharing(0.6, 0.5)),
      violation(/^band: 1.1 of the uplink's band was given at once/),
    );
  });

  it('refuses a scheduler that leaves a part idle while somebody could send', () => {
    assert.throws(
      () => hear(sharing(0.5, 0.4)),
      violation(/^band: the uplink's band was idle for .* though/),
    );
  });
});
