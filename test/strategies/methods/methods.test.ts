import assert from 'node:assert/strict';
import { methods as table } from '../../../src/strategies/methods/index.js';
import type { Method } from '../../../src/strategies/methods/method.js';
import { sharedParts, trainedParts } from '../../../src/strategies/methods/parts.js';

const methods: Readonly<Record<string, Method>> = table;

describe('methods', () => {
  it('bear the name that scenarios call them by', () => {
    for (const [name, method] of Object.entries(methods)) assert.equal(method.name, name);
  });

  it('share only what they train', () => {
    for (const method of Object.values(methods)) {
      const trained = trainedParts(method);
      assert.ok(sharedParts(method).every((part) => trained.includes(part)));
      assert.ok(trained.length > 0);
    }
  });

  it('differ from each other in something that a run can show', () => {
    const contents = Object.values(methods).map(({ slots, rewards, personalWeights }) =>
      JSON.stringify([slots, rewards, personalWeights]),
    );
    assert.equal(new Set(contents).size, contents.length);
  });

  it('upload what section V-B of the paper says', () => {
    const uploads = Object.fromEntries(
      Object.values(methods).map((method) => [method.name, sharedParts(method).join('+')]),
    );
    assert.deepEqual(uploads, {
      pwff: 'adapters',
      'vanilla-fl': 'adapters+lora',
      fedada: 'adapters',
      fedlora: 'lora',
      sfl: 'adapters',
      pfl: 'adapters+lora',
      shepherd: 'lora',
      'local-only': '',
    });
  });

  it('know two rewards, but for SFL and Shepherd, which know helpfulness', () => {
    const single = Object.values(methods).filter(({ rewards }) => rewards.length === 1);
    assert.deepEqual(
      single.map(({ name, rewards }) => [name, ...rewards]),
      [
        ['sfl', 'helpful'],
        ['shepherd', 'helpful'],
      ],
    );
  });

  it('weigh rewards personally in PWFF and PFL, and where there is nobody else', () => {
    const personal = Object.values(methods).filter(({ personalWeights }) => personalWeights);
    assert.deepEqual(
      personal.map(({ name }) => name),
      ['pwff', 'pfl', 'local-only'],
    );
  });
});
