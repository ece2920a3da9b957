import assert from 'node:assert/strict';
import { methods as table } from '../../../src/strategies/methods/index.js';
import type { Method } from '../../../src/strategies/methods/method.js';
import { sharedParts, trainedParts } from '../../../src/strategies/methods/parts.js';

const methods: Readonly<Record<string, Method>> = table;

describe('methods', () => {
  it('bear the name that scenarios call them by', () => {
    for (const [name, method] of Object.entries(methods)) assert.equal(method.name, name);
  });

  it('share only what they train, but for control variates', () => {
    for (const method of Object.values(methods)) {
      const trained = trainedParts(method);
      const shared = sharedParts(method).filter((part) => !part.endsWith('-control'));
      assert.deepEqual(
        shared.filter((part) => !trained.includes(part)),
        [],
        method.name,
      );
      assert.ok(trained.length > 0);
    }
  });

  it('differ from each other in something that a run can show', () => {
    const contents = Object.values(methods).map(({ slots, mixture, phases, rewards, personalWeights }) =>
      JSON.stringify([slots, mixture, phases, rewards, personalWeights]),
    );
    assert.equal(new Set(contents).size, contents.length);
  });

  it('upload what section V-B of the paper and their own papers say', () => {
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
      fedit: 'lora',
      'ffa-lora': 'lora.B',
      'fedsa-lora': 'lora.A',
      rolora: 'lora.A+lora.B',
      hetlora: 'lora',
      flexlora: 'lora',
      flora: 'lora',
      'fedex-lora': 'lora',
      'feddpa-f': 'lora',
      'feddpa-t': 'lora',
      fedprox: 'adapters+lora',
      centralised: '',
      ditto: 'adapters+lora',
      fedrep: 'adapters',
      apfl: 'adapters+lora',
      pfedme: 'adapters+lora',
      scaffold: 'adapters+lora+adapters-control+lora-control',
      feddyn: 'adapters+lora',
      'pwff-swapped': 'lora',
      'pwff-two-loras': 'shared-lora',
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

  it('weigh rewards alike in the paper’s contenders of PWFF and PFL; all others personally', () => {
    const alike = Object.values(methods).filter(({ personalWeights }) => !personalWeights);
    assert.deepEqual(
      alike.map(({ name }) => name),
      ['vanilla-fl', 'fedada', 'fedlora', 'sfl', 'shepherd'],
    );
  });
});
