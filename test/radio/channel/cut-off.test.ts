import assert from 'node:assert/strict';
import type { Attempt } from '../../../src/radio/channel/attempts.js';
import { cutOff } from '../../../src/radio/channel/cut-off.js';
import { attemptOf } from '../../records/invariants/sound-round.js';

/** From 100 s on: 4 s, of which 3 s on the air at 2 W and 1 s silent, then 1 s of waiting; 1 W of listening and of waiting. */
const attempt: Attempt = {
  ...attemptOf(2, false),
  atSeconds: 100,
  seconds: 4,
  onAirSeconds: 3,
  waitSeconds: 1,
  transmitJoules: 6,
  receiveJoules: 3,
  idleJoules: 2,
  energyJoules: 11,
};
const joulesOf = ({ transmitJoules, receiveJoules, idleJoules, energyJoules }: Attempt) => [
  transmitJoules,
  receiveJoules,
  idleJoules,
  energyJoules,
];

describe('an attempt that is cut off', () => {
  it('costs a sender that goes off nothing from then on, nor its wait for the feedback', () => {
    const cut = cutOff(attempt, 'sender', 101);
    // A quarter: 1.5 J on the air, 0.75 J of listening, 0.25 s of silence.
    assert.deepEqual(joulesOf(cut), [1.5, 0.75, 0.25, 2.5]);
    assert.deepEqual([cut.onAirSeconds, cut.airBits], [0.75, 8]);
  });

  it('costs a sender that stays on all of it where the receiver goes off, which listens no more', () => {
    const cut = cutOff(attempt, 'receiver', 102);
    assert.deepEqual(joulesOf(cut), [6, 1.5, 2, 9.5]);
    assert.deepEqual([cut.onAirSeconds, cut.airBits], [3, 32]);
  });

  it('brings nothing, and is not cut again', () => {
    const cut = cutOff({ ...attempt, arrives: true, acknowledged: true }, 'sender', 101);
    assert.deepEqual([cut.arrives, cut.acknowledged, cut.lost], [false, false, 'offline']);
    assert.equal(cutOff(cut, 'sender', 103), cut);
  });
});
