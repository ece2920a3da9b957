import assert from 'node:assert/strict';
import { within, type Milestone } from '../../studies/peers/course.js';

const at = (round: number, bits: number, joules: number): Milestone => ({
  ...{ round, bits, joules },
  accuracy: round / 10,
  sharedAccuracy: null,
});

describe('the course of a run', () => {
  const course = [at(0, 0, 0), at(1, 10, 4), at(2, 20, 5), at(3, 30, 9)];

  it('has a last round within a budget of bits, and of joules', () => {
    assert.equal(within(course, 'bits', 20)?.round, 2);
    assert.equal(within(course, 'bits', 29.9)?.round, 2);
    assert.equal(within(course, 'joules', 100)?.round, 3);
  });

  it('has none where a round costs more than there is', () => {
    assert.equal(within(course, 'joules', 3.9), null);
  });
});
