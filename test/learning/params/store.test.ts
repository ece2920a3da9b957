import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { paramSet, refOf, type ParamRef } from '../../../src/learning/params/param-set.js';
import { ParamStore } from '../../../src/learning/params/store.js';

const set = (value: number) => paramSet('reward', [{ name: 'x', shape: [1], values: [value] }]);

/** Runs the garbage collector; a weak reference holds its target until the turn ends in which it was made. */
async function collectGarbage(): Promise<void> {
  await setImmediate();
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('the parameter store', () => {
  it('keeps equal parameters once', () => {
    const store = new ParamStore();
    const [first, second] = [store.put(set(1)), store.put(set(1))];
    assert.deepEqual(first, second);
    assert.equal(store.get(first), store.get(second));
    assert.notEqual(store.get(first), store.get(store.put(set(2))));
  });

  it('knows no handle but those that it gave', () => {
    const store = new ParamStore();
    const own = store.put(set(1));
    assert.throws(() => store.get(refOf(set(2))), /nothing known of reward/);
    assert.throws(() => store.get({ ...own }), /nothing known of reward/);
  });

  it('lets go of a set when its last handle is gone, and not before', async () => {
    const store = new ParamStore();
    const handles: ParamRef[] = [store.put(set(1)), store.put(set(2)), store.put(set(1))];
    const sets = handles.map((handle) => new WeakRef(store.get(handle)));
    const alive = () => sets.map((each) => each.deref() !== undefined);
    handles.splice(0, 2);
    await collectGarbage();
    assert.deepEqual(alive(), [true, false, true]);
    assert.deepEqual([...store.get(handles[0]!).values], [1]);
    handles.pop();
    await collectGarbage();
    assert.deepEqual(alive(), [false, false, false]);
  });
});
