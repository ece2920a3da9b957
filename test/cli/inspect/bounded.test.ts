import assert from 'node:assert/strict';
import { createActor, createMachine } from 'xstate';
import { bounded } from '../../../src/cli/inspect/bounded.js';
import { refOf, paramSet } from '../../../src/learning/params/param-set.js';

describe('what an inspector is shown of a value', () => {
  it('is the value itself where that is small', () => {
    const value = { stage: 'reward', version: 2, members: { 'client-1': { unreached: false } }, loss: null };
    assert.deepEqual(bounded(value), value);
  });

  it('has handles, tensors and actors as short texts', () => {
    const values = new Float32Array(4);
    const ref = refOf(paramSet('lora', [{ name: 'a', shape: [4], values }]));
    const actor = createActor(createMachine({}), { systemId: 'server' });
    assert.deepEqual(bounded({ ref, values, actor }), {
      ref: `lora ${ref.hash.slice(0, 8)}`,
      values: '(Float32Array of 16 bytes)',
      actor: 'actor server',
    });
  });

  it('is cut where lists, objects or texts are long', () => {
    const list = Array.from({ length: 200 }, (_, index) => index);
    assert.deepEqual(bounded(list), [...list.slice(0, 30), '… 170 more']);
    const keyed = Object.fromEntries(list.map((index) => [`client-${index}`, index]));
    const shown = bounded(keyed) as Record<string, unknown>;
    assert.deepEqual([Object.keys(shown).length, shown['…']], [31, '170 more']);
    assert.equal(bounded('x'.repeat(1_000)), `${'x'.repeat(200)}…`);
  });

  it('is cut where it lies deep, circles too', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const text = JSON.stringify(bounded(circle));
    assert.equal(text, `${'{"self":'.repeat(6)}"…"${'}'.repeat(6)}`);
  });

  it('says which numbers JSON does not have', () => {
    assert.deepEqual(bounded([NaN, -Infinity, 1]), ['NaN', '-Infinity', 1]);
  });
});
