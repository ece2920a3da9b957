import assert from 'node:assert/strict';
import { adapterTensors } from '../../../src/learning/model/adapters.js';
import { loraTensors } from '../../../src/learning/model/lora.js';
import { hasRole, rolesOf, setWith, tensorsWith } from '../../../src/learning/model/roles.js';
import { paramSet } from '../../../src/learning/params/param-set.js';
import { referenceShape } from './reference-model.js';

const tensor = (name: string, shape: number[], ...values: number[]) => ({
  name,
  shape,
  values: Float32Array.from(values),
});
const lora = paramSet('lora', [
  tensor('h.0.attn.q.lora_A', [2, 1], 1, 2),
  tensor('h.0.attn.q.lora_B', [1, 3], 3, 4, 5),
  tensor('h.0.attn.v.lora_A', [2, 1], 6, 7),
  tensor('h.0.attn.v.lora_B', [1, 3], 8, 9, 10),
]);
const adapters = paramSet('adapters', [
  tensor('h.0.adapter.mlp.down.weight', [2, 1], 1, 2),
  tensor('h.0.adapter.mlp.down.bias', [1], 3),
  tensor('h.0.adapter.mlp.up.weight', [1, 2], 4, 5),
  tensor('h.0.adapter.mlp.up.bias', [2], 6, 7),
]);

describe('roles of tensors', () => {
  it('are one for each tensor of adapters and of LoRA, and of its own kind', () => {
    const all = [...rolesOf.adapters, ...rolesOf.lora];
    const sets = { adapters: adapterTensors(referenceShape), lora: loraTensors(referenceShape, 12) };
    for (const kind of ['adapters', 'lora'] as const) {
      for (const { name } of sets[kind]) {
        const own = all.filter((role) => hasRole(name, [role]));
        assert.equal(own.length, 1, name);
        assert.ok(rolesOf[kind].includes(own[0]!), name);
      }
    }
  });

  it('are no tensor’s of the base, whose projections are called up and down by nobody', () => {
    for (const name of ['wte.weight', 'h.0.attn.c_proj.weight', 'h.0.mlp.c_fc.bias', 'ln_f.bias']) {
      assert.ok(!hasRole(name, ['down', 'up', 'A', 'B']), name);
    }
  });

  it('pick the tensors that have one of them, in their order', () => {
    const namesOf = (...roles: Parameters<typeof tensorsWith>[1]) =>
      tensorsWith(adapters.tensors, roles).map(({ name }) => name.replace('h.0.adapter.mlp.', ''));
    assert.deepEqual(namesOf('down'), ['down.weight', 'down.bias']);
    assert.deepEqual(namesOf('up'), ['up.weight', 'up.bias']);
    assert.deepEqual(namesOf('up', 'down'), ['down.weight', 'down.bias', 'up.weight', 'up.bias']);
    assert.deepEqual(namesOf('A', 'B'), []);
  });
});

describe('the part of a set that has some roles', () => {
  it('has their tensors and values, in the set’s order', () => {
    const [a, b, up] = [setWith(lora, ['A']), setWith(lora, ['B']), setWith(adapters, ['up'])];
    assert.deepEqual([...a.values], [1, 2, 6, 7]);
    assert.deepEqual([...b.values], [3, 4, 5, 8, 9, 10]);
    assert.deepEqual([...up.values], [4, 5, 6, 7]);
    assert.deepEqual(
      b.tensors.map(({ name, shape }) => [name, ...shape]),
      [
        ['h.0.attn.q.lora_B', 1, 3],
        ['h.0.attn.v.lora_B', 1, 3],
      ],
    );
    assert.deepEqual([a.kind, up.kind], ['lora', 'adapters']);
  });

  it('is the set itself where all of it has them, and empty where nothing has', () => {
    assert.equal(setWith(lora, ['B', 'A']), lora);
    const none = setWith(lora, ['down']);
    assert.deepEqual([none.tensors.length, none.values.length], [0, 0]);
  });

  it('has a memory of its own, which other threads can share', () => {
    const b = setWith(lora, ['B']);
    assert.ok(b.values.buffer instanceof SharedArrayBuffer);
    b.values[0] = 77;
    assert.equal(lora.values[2], 3);
  });
});
