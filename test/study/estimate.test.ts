import assert from 'node:assert/strict';
import { crewFor } from '../../src/study/crew.js';
import { secondsLeft } from '../../src/study/estimate.js';

const ended = (...seconds: number[]) => seconds.map((each) => ({ point: 'a', seconds: each }));

describe('the time that a study has left', () => {
  it('is not known before a run has ended, and nothing where none is left', () => {
    assert.equal(secondsLeft({ ended: [], working: [], waiting: ['a'], places: 2 }), null);
    assert.equal(secondsLeft({ ended: [], working: [], waiting: [], places: 2 }), 0);
    assert.equal(secondsLeft({ ended: ended(3), working: [], waiting: [], places: 2 }), 0);
  });

  it('is what the runs take that wait, at so many places', () => {
    // Five runs of 10 s at two places: three after another at one of them.
    assert.equal(
      secondsLeft({ ended: ended(8, 12), working: [], waiting: Array(5).fill('a'), places: 2 }),
      30,
    );
  });

  it('counts of a run at work what it has not taken yet, and of a late one nothing', () => {
    const working = [
      { point: 'a', seconds: 4 },
      { point: 'a', seconds: 15 },
    ];
    assert.equal(secondsLeft({ ended: ended(10), working, waiting: [], places: 2 }), 6);
    // The place of the late one is free first, and takes the run that waits.
    assert.equal(secondsLeft({ ended: ended(10), working, waiting: ['a'], places: 2 }), 10);
  });

  it('goes by the runs of the same point where there are some, else by all', () => {
    const mixed = [
      { point: 'slow', seconds: 100 },
      { point: 'fast', seconds: 2 },
    ];
    assert.equal(secondsLeft({ ended: mixed, working: [], waiting: ['fast', 'fast'], places: 1 }), 4);
    assert.equal(secondsLeft({ ended: mixed, working: [], waiting: ['new'], places: 1 }), 51);
  });
});

describe('the cores of a machine', () => {
  it('do a run each, with one worker, where there are runs enough', () => {
    assert.deepEqual(crewFor(40, 8), { jobs: 8, workers: 1 });
    assert.deepEqual(crewFor(8, 8), { jobs: 8, workers: 1 });
  });

  it('are divided among the runs where there are fewer', () => {
    assert.deepEqual(crewFor(3, 8), { jobs: 3, workers: 2 });
    assert.deepEqual(crewFor(1, 8), { jobs: 1, workers: 8 });
  });

  it('do as many runs at a time as the user says, if there are as many', () => {
    assert.deepEqual(crewFor(40, 8, 4), { jobs: 4, workers: 2 });
    assert.deepEqual(crewFor(2, 8, 4), { jobs: 2, workers: 4 });
    assert.deepEqual(crewFor(40, 2, 4), { jobs: 4, workers: 1 });
  });
});
