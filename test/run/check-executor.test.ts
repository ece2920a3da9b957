import assert from 'node:assert/strict';
import { checkExecutor } from '../../src/run/check-executor.js';
import { executorOf } from '../../src/run/executors.js';
import type { Inputs } from '../../src/run/inputs.js';
import { loadScenario } from '../../src/scenario/load.js';
import { methods } from '../../src/strategies/methods/index.js';
import type { Method } from '../../src/strategies/methods/method.js';
import { smolConfig } from '../learning/model/python/random-llama.js';

const llama = { llama: { model_type: smolConfig.model_type } };

describe('what computes a run', () => {
  const check = async (name: 'python' | 'wasm' | 'native' | 'none', found: object, ...set: string[]) => {
    const { scenario } = await loadScenario('quickstart', { set });
    const method: Method = methods[scenario.method as keyof typeof methods];
    const inputs = { language: { config: {} }, method, ...found } as unknown as Inputs;
    checkExecutor(scenario, inputs, { name });
  };
  const model = { language: { config: llama } };

  it('is Python for a Llama, but where nothing is computed', async () => {
    for (const name of ['wasm', 'native'] as const) {
      await assert.rejects(check(name, model), {
        name: 'UserError',
        message: 'scenario quickstart: /model/path: is null, a llama, expected a GPT-2, or --executor python',
      });
    }
    await check('python', model);
    await check('none', model);
  });

  it('is not Python for dropout of LoRA, nor for methods that change the base', async () => {
    const changing = Object.values<Method>(methods).filter(({ slots }) => slots.some(({ change }) => change));
    assert.ok(changing.length > 0);
    for (const { name } of changing) {
      const set = [`method=${name}`, 'instruction.loraDropout=0.1'];
      await assert.rejects(check('python', {}, ...set), {
        name: 'UserError',
        message:
          `scenario quickstart: /method: is "${name}", expected one that leaves the base model as it is, with ` +
          '--executor python\nscenario quickstart: /instruction/loraDropout: is 0.1, expected 0 with ' +
          '--executor python, which has no dropout',
      });
      await check('wasm', {}, ...set);
    }
  });

  it('is what computed it, when it is made again', () => {
    const of = (name: string) => executorOf({ backend: { name } } as Parameters<typeof executorOf>[0]);
    assert.equal(of('python'), 'python');
    for (const name of ['wasm', 'native', 'none']) assert.equal(of(name), undefined);
  });
});
