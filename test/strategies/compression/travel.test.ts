import assert from 'node:assert/strict';
import type { TensorNames } from '../../../machines/events.js';
import { settled } from '../../../src/actors/codec-state.js';
import { blank } from '../../../src/learning/params/memory.js';
import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { ParamStore } from '../../../src/learning/params/store.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { combined, received, travel } from '../../../src/strategies/compression/travel.js';
import { codecOf, vector } from './sample-sets.js';

const draw = () => stream('travel');
const start = { base: null, residual: null, memory: blank };
const zero = (length: number) => vector(new Float32Array(length));

describe('what travels of a set', () => {
  it('is the set itself, or its change from what both ends know', () => {
    const [base, set] = [vector([1, 2, 3, 4]), vector([1, 2, 3.5, 4.25])];
    const codec = codecOf('top-k', { share: 0.25 });
    const { bytes, arrived } = travel(codec, set, { ...start, base, draw: draw() });
    assert.deepEqual([...arrived.values], [1, 2, 3.5, 4]);
    assert.deepEqual(received(codec, bytes, set, base), arrived);
    const whole = travel(codecOf('top-k', { share: 0.25, delta: false }), set, { ...start, draw: draw() });
    assert.deepEqual([...whole.arrived.values], [0, 0, 0, 4.25]);
  });

  it('is all of it as float32 where both ends know nothing to change, and nothing is owed then', () => {
    const set = vector([0.1, 0.2, 0.3]);
    const codec = codecOf('sign', { errorFeedback: true });
    const { bytes, arrived, residual } = travel(codec, set, { ...start, draw: draw() });
    assert.equal(8 * bytes.byteLength, 40 + 3 * 32);
    assert.deepEqual([...arrived.values], [...set.values]);
    assert.deepEqual([...received(codec, bytes, set, null).values], [...set.values]);
    assert.equal(residual, null);
  });

  it('comes with what is owed, and owes p − C(p) when it is delivered, and p when it is not', () => {
    const codec = codecOf('top-k', { share: 1 / 3, errorFeedback: true });
    const sender = { base: zero(3), residual: vector([0, 5, -1]), memory: blank, draw: draw() };
    const { arrived, residual } = travel(codec, vector([4, 2, 1]), sender);
    assert.deepEqual([...arrived.values], [0, 7, 0]);
    assert.deepEqual([...residual!.delivered.values], [4, 0, 0]);
    assert.deepEqual([...residual!.dropped.values], [4, 7, 0]);
  });

  it('adds up exactly over 200 whole numbers a coordinate, three messages of ten being lost', () => {
    for (const name of ['top-k', 'random-k'] as const) {
      const codec = codecOf(name, { share: 0.2, errorFeedback: true });
      const [trained, arrivedInAll] = [new Float64Array(10), new Float64Array(10)];
      let residual: ParamSet | null = null;
      for (let message = 0; message < 200; message++) {
        const chance = stream('exact', name, message);
        const change = vector(Array.from({ length: 10 }, () => chance.below(2001) - 1000));
        const sent = travel(codec, change, { base: zero(10), residual, memory: blank, draw: chance });
        const isLost = chance.uniform() < 0.3;
        change.values.forEach((value, i) => (trained[i]! += value));
        if (!isLost) sent.arrived.values.forEach((value, i) => (arrivedInAll[i]! += value));
        residual = isLost ? sent.residual!.dropped : sent.residual!.delivered;
      }
      assert.deepEqual(
        [...arrivedInAll].map((value, i) => value + residual!.values[i]!),
        [...trained],
      );
    }
  });

  it('of FLASC is sparse, and what the server has sent and kept is its dense model after every round', () => {
    const codec = codecOf('flasc', { download: 0.5 }, 'downlink');
    const dense = new Float64Array([8, -4, 2, 1]);
    const first = travel(codec, vector([...dense]), { ...start, draw: draw() });
    assert.deepEqual([...first.arrived.values], [8, -4, 0, 0]);
    // The mean of the clients' changes, added to what they had been sent.
    const aggregate = vector([8 - 7, -4, 0 + 0.5, 0]);
    const next = travel(codec, aggregate, { ...start, residual: first.residual!.delivered, draw: draw() });
    assert.deepEqual([...combined(next.arrived, next.residual!.delivered, 1).values], [1, -4, 2.5, 1]);
    assert.deepEqual([...next.arrived.values], [0, -4, 2.5, 0]);
  });
});

const delivered = { acknowledged: true };
const lost = { acknowledged: false };

describe('what is owed of two messages that are on their way at once', () => {
  it('is the sum of what each left out or did not bring, and nothing twice', () => {
    const store = new ParamStore();
    const put = (values: readonly number[]) => ({ adapters: store.put(vector(values)) });
    const unsettled = (delivered: readonly number[], dropped: readonly number[]) => ({
      memory: {},
      delivered: put(delivered),
      dropped: put(dropped),
    });
    const onTheWay = { memory: {}, residuals: {} };
    const afterFirst = settled(store, onTheWay, unsettled([1, 0], [1, 8]), lost);
    const afterBoth = settled(store, afterFirst, unsettled([0, 2], [16, 2]), delivered);
    assert.deepEqual([...store.get(afterBoth.residuals.adapters!).values], [1, 10]);
  });

  it('leaves the memory of another part as that part’s update made it', () => {
    const store = new ParamStore();
    const memory = (note: string) => ({ sets: {}, notes: { note } });
    const none = { delivered: {}, dropped: {} };
    const helpful = { ...none, memory: { helpful: memory('new') } };
    const harmless = { ...none, memory: { harmless: memory('new') } };
    const before = { memory: { helpful: memory('old'), harmless: memory('old') }, residuals: {} };
    const after = settled(store, settled(store, before, helpful, delivered), harmless, delivered);
    assert.deepEqual(after.memory, { helpful: memory('new'), harmless: memory('new') });
    assert.deepEqual(settled(store, before, helpful, lost).memory, before.memory);
  });

  it('is, of a message that came in part, tensor by tensor what a delivered or a lost one owes', () => {
    const store = new ParamStore();
    const two = (w: number, v: number) =>
      store.put(
        paramSet('adapters', [
          { name: 'w', shape: [1], values: [w] },
          { name: 'v', shape: [1], values: [v] },
        ]),
      );
    const unsettled = {
      memory: { adapters: { sets: {}, notes: { note: 'new' } } },
      delivered: { adapters: two(0.25, 0.5) },
      dropped: { adapters: two(4, 8) },
    };
    const owed = (arrived: TensorNames) => {
      const after = settled(store, { memory: {}, residuals: {} }, unsettled, { ...lost, arrived });
      assert.deepEqual(after.memory, {});
      return [...store.get(after.residuals.adapters!).values];
    };
    assert.deepEqual(owed({ adapters: ['v'] }), [4, 0.5]);
    assert.deepEqual(owed({ adapters: ['w', 'v'] }), [0.25, 0.5]);
    assert.deepEqual(owed({}), [4, 8]);
  });
});
