import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors.js';
import { methods } from '../../../src/strategies/methods/index.js';
import { own, shared, type Method } from '../../../src/strategies/methods/method.js';
import { unsoundIn } from '../../../src/strategies/methods/unsound.js';
import { strategiesWith } from '../../../src/strategies/strategies.js';

const sound: Method = { ...methods.pwff, name: 'sample' };

describe('a method', () => {
  for (const method of Object.values<Method>(methods)) {
    it(`is sound: ${method.name}`, () => assert.equal(unsoundIn(method), null));
  }

  const refusals: readonly [string, Method, RegExp][] = [
    [
      'a slot with a dot in its name',
      { ...sound, slots: [{ ...own('lora'), name: 'lora.A' }] },
      /without a dot/,
    ],
    [
      'a slot that is called like the base',
      { ...sound, slots: [{ ...own('lora'), name: 'base' }] },
      /"base"/,
    ],
    ['two slots of one name', { ...sound, slots: [own('lora'), shared('lora')] }, /two slots lora/],
    [
      'a slot of which no rule names B',
      { ...sound, slots: [{ ...own('lora'), parts: [{ roles: ['A'], train: 'always', share: 'never' }] }] },
      /rules for A in slot lora, expected each of A, B once/,
    ],
    [
      'a phase that trains what is not there',
      { ...sound, phases: [{ share: 1, trains: ['lora2'] }] },
      /lora2/,
    ],
    [
      'a model of what is not there',
      { ...sound, mixture: { lora2: { share: 1 } } },
      /lora2, expected one of/,
    ],
    [
      'a slot that starts as none',
      { ...sound, slots: [{ ...own('lora'), start: { as: 'adapters' } }] },
      /starts slot lora as adapters/,
    ],
    [
      'a rule of putting together that is none',
      { ...sound, slots: [{ ...shared('lora'), combine: 'sum' }] },
      /by sum/,
    ],
    ['no reward model', { ...sound, rewards: [] }, /no reward model/],
  ];
  for (const [what, method, said] of refusals) {
    it(`of a user’s own is refused with ${what}`, () => {
      assert.throws(
        () => strategiesWith({ methods: [method] }),
        (error) => error instanceof UserError && said.test(error.message) && /"sample"/.test(error.message),
      );
    });
  }
});
