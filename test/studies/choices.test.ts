import assert from 'node:assert/strict';
import { methods } from '../../src/strategies/methods/index.js';
import { methodsFrom, pointsFrom, positivesFrom } from '../../studies/choices.js';

describe('what the command of a study says', () => {
  it('is methods, in the order of the table, all where nothing is said', () => {
    assert.deepEqual(
      methodsFrom('local-only,pwff').map(({ name }) => name),
      ['pwff', 'local-only'],
    );
    assert.deepEqual(
      methodsFrom('').map(({ name }) => name),
      Object.keys(methods),
    );
    assert.throws(() => methodsFrom('pwff,fedavg'), {
      message: /^--only pwff,fedavg: has fedavg, expected some of pwff,/,
    });
  });

  it('is numbers above 0, which are sorted', () => {
    assert.deepEqual(positivesFrom('rates', '0.01,0.002'), [0.002, 0.01]);
    assert.throws(() => positivesFrom('rates', '0,1'), { message: /^--rates 0,1: expected numbers above 0/ });
  });

  it('is what is swept: every combination of the values, JSON or words', () => {
    assert.deepEqual(pointsFrom([]), [[]]);
    assert.deepEqual(pointsFrom(['a.b=0,0.5', 'c=[1,2],[3]']), [
      ['a.b=0', 'c=[1,2]'],
      ['a.b=0', 'c=[3]'],
      ['a.b=0.5', 'c=[1,2]'],
      ['a.b=0.5', 'c=[3]'],
    ]);
    assert.deepEqual(pointsFrom(['c=uniform,random']), [['c=uniform'], ['c=random']]);
    assert.throws(() => pointsFrom(['0.5,1']), { message: '--dial 0.5,1: expected path=value,value' });
  });
});
