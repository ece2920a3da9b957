import assert from 'node:assert/strict';
import { interpolated } from '../../../src/strategies/methods/interpolation.js';
import { methods } from '../../../src/strategies/methods/index.js';
import { privateParts, resting, trainedParts } from '../../../src/strategies/methods/parts.js';
import { phasesAt } from '../../../src/strategies/methods/work.js';

describe('a model between the shared and the personal one', () => {
  it('has all of what is shared, and the share of a private slot', () => {
    assert.deepEqual(interpolated(methods.pwff, 0.25), { adapters: { share: 1 }, lora: { share: 0.25 } });
  });

  it('has a twin by its share and its original by the rest', () => {
    assert.deepEqual(interpolated(methods.ditto, 0.25), {
      adapters: { share: 0.75 },
      lora: { share: 0.75 },
      'personal-adapters': { share: 0.25 },
      'personal-lora': { share: 0.25 },
    });
  });

  it('is the method’s own model at the weight that the method has: APFL’s at 0.5, FedDPA’s at 0.5', () => {
    assert.deepEqual(interpolated(methods.apfl, 0.5), methods.apfl.mixture);
    assert.deepEqual(interpolated(methods['feddpa-t'], 0.5), methods['feddpa-t'].mixture);
  });

  it('is not there where nothing tuned is kept to a client', () => {
    for (const name of ['vanilla-fl', 'ffa-lora', 'fedsa-lora', 'scaffold'] as const) {
      assert.equal(interpolated(methods[name], 0.5), null, name);
    }
  });
});

describe('a method whose private parts rest', () => {
  const moment = { stage: 'instruction', round: 1, rounds: 8 } as const;

  it('tunes what is shared alone', () => {
    assert.deepEqual(trainedParts(resting(methods.pwff)), ['adapters']);
    assert.deepEqual(phasesAt(resting(methods.pwff), moment), [
      { share: 1, trains: ['adapters'], terms: [] },
    ]);
  });

  it('leaves out a phase of nothing but private parts', () => {
    assert.deepEqual(
      phasesAt(resting(methods.ditto), moment)!.map(({ trains }) => trains),
      [['adapters', 'lora']],
    );
  });

  it('does nothing at all where all is private', () => {
    assert.deepEqual(privateParts(methods['local-only']), ['adapters', 'lora']);
    assert.deepEqual(phasesAt(resting(methods['local-only']), moment), []);
  });
});
