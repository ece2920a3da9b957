import assert from 'node:assert/strict';
import { methods } from '../../src/strategies/methods/index.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { own } from '../../src/strategies/methods/method.js';
import { pwff } from '../../src/strategies/methods/pwff.js';
import { defineScenario } from '../../src/script/define.js';
import { loadScenario } from '../../src/scenario/load.js';
import { schemaFileText } from '../../src/scenario/schema-file.js';
import { resolveScenario } from '../../src/scenario/validate.js';

const refusals = (input: object): string[] => {
  try {
    resolveScenario({ name: 'x', ...input });
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

describe('settings of methods', () => {
  const written = {
    name: 'rates',
    instruction: { learningRate: 0.006, loraLearningRateScale: 0.25, localSteps: 4 },
    methodSettings: {
      fedlora: { instruction: { loraLearningRateScale: 1 }, alignment: { collapse: { klNats: 9 } } },
      pfl: { instruction: { learningRate: 0.5 } },
    },
  };

  it('hold where the method is theirs, over what the scenario says and beside what they do not say', () => {
    const { methodSettings: _, ...without } = written;
    assert.deepEqual(resolveScenario(written), resolveScenario(without));
    assert.deepEqual(
      resolveScenario({ ...written, method: 'fedlora' }),
      resolveScenario({
        ...without,
        method: 'fedlora',
        instruction: { ...written.instruction, loraLearningRateScale: 1 },
        alignment: { collapse: { klNats: 9 } },
      }),
    );
  });

  it('are in their places once a scenario is read, which therefore can be read again', () => {
    const scenario = resolveScenario({ ...written, method: 'pfl' });
    assert.equal(scenario.instruction.learningRate, 0.5);
    assert.equal('methodSettings' in scenario, false);
    assert.deepEqual(resolveScenario(scenario), scenario);
  });

  it('take the place of a reward model’s settings key by key', () => {
    const reward = { model: { kind: 'gpt2', train: 'head' }, learningRate: 1e-4 };
    const methodSettings = { pwff: { reward: { model: { kind: 'distilbert', path: 'models' } } } };
    const { model } = resolveScenario({ name: 'x', reward, methodSettings }).reward;
    assert.deepEqual(model, { kind: 'distilbert', path: 'models', train: 'head' });
  });

  for (const [fact, input, line] of [
    [
      'a method that there is none of',
      { methodSettings: { fedlor: {} } },
      `scenario: /methodSettings/fedlor: unknown key, expected one of ${Object.keys(methods).join(', ')}; did you ` +
        'mean fedlora?',
    ],
    [
      'a section that methods cannot have settings of',
      { methodSettings: { pwff: { channel: {} } } },
      'scenario: /methodSettings/pwff/channel: unknown key, expected one of instruction, reward, alignment; ' +
        'did you mean /channel?',
    ],
    [
      'an unknown setting, without naming all the methods that have the right one',
      { methodSettings: { 'vanilla-fl': { instruction: { learningRat: 1 } } } },
      /^scenario: \/methodSettings\/vanilla-fl\/instruction\/learningRat: unknown key, .*; did you mean learningRate\?$/,
    ],
    [
      'a value that the scenario’s own setting could not have, of a method that is not the run’s',
      { methodSettings: { fedada: { instruction: { learningRate: '0.1' } } } },
      'scenario: /methodSettings/fedada/instruction/learningRate: is "0.1", expected a number above 0; ' +
        'write 0.1, without quotes or unit',
    ],
    [
      'settings that are no object',
      { methodSettings: { fedada: 0.1 } },
      'scenario: /methodSettings/fedada: is 0.1, expected an object',
    ],
    [
      'what does not go with other settings, by the place where it is written',
      {
        method: 'pfl',
        alignment: { minibatchSize: 32 },
        methodSettings: { pfl: { alignment: { promptsPerRound: 8 } } },
      },
      /^scenario: \/alignment\/minibatchSize: is 32, /,
    ],
    [
      'the same where both places are the method’s',
      { method: 'pfl', methodSettings: { pfl: { alignment: { promptsPerRound: 8, minibatchSize: 32 } } } },
      /^scenario: \/methodSettings\/pfl\/alignment\/minibatchSize: is 32, /,
    ],
  ] as const) {
    it(`refuse ${fact}`, () => {
      const lines = refusals(input);
      assert.equal(lines.length, 1, lines.join('\n'));
      if (typeof line === 'string') assert.equal(lines[0], line);
      else assert.match(lines[0]!, line);
    });
  }

  it('are checked by editors too', () => {
    const inEditors = new Ajv({ strict: true }).compile(JSON.parse(schemaFileText()) as object);
    assert.ok(inEditors(written));
    assert.equal(inEditors({ name: 'x', methodSettings: { fedlor: {} } }), false);
    assert.equal(inEditors({ name: 'x', methodSettings: { fedlora: { instruction: { lr: 1 } } } }), false);
  });

  describe('of a file', () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'pwff-methods-'));
      writeFileSync(join(folder, 'rates.json'), JSON.stringify(written));
    });
    after(() => rmSync(folder, { recursive: true }));

    it('yield to what the command line says of a setting or of a whole section', async () => {
      const load = (...set: string[]) => loadScenario(join(folder, 'rates.json'), { set });
      const one = await load('method=fedlora', 'instruction.loraLearningRateScale=0.5');
      assert.equal(one.scenario.instruction.loraLearningRateScale, 0.5);
      const whole = await load('method=fedlora', 'instruction={"localSteps":2}');
      assert.equal(whole.scenario.instruction.loraLearningRateScale, 1);
      assert.equal(whole.scenario.instruction.localSteps, 2);
      const settings = await load('method=fedlora', 'methodSettings.fedlora.instruction.learningRate=0.01');
      assert.equal(settings.scenario.instruction.learningRate, 0.01);
      assert.equal(settings.scenario.instruction.loraLearningRateScale, 1);
    });

    it('are told from the command line’s in messages', async () => {
      const file = join(folder, 'rates.json');
      const wrong = (...set: string[]) => loadScenario(file, { set: ['method=pfl', ...set] });
      const path = 'alignment.minibatchSize=32';
      await assert.rejects(wrong('alignment.promptsPerRound=8', path), {
        message: /rates\.json with --set: \/alignment\/minibatchSize: is 32/,
      });
      await assert.rejects(wrong('alignment.promptsPerRound=8', `methodSettings.pfl.${path}`), {
        message: /rates\.json with --set: \/methodSettings\/pfl\/alignment\/minibatchSize: is 32/,
      });
    });

    it('can be those of a method that a script brings along, over those of the file that it extends', async () => {
      const mine = { ...pwff, name: 'mine', slots: [own('lora')] };
      const methodSettings = { mine: { instruction: { localSteps: 3 } } };
      const extended = join(folder, 'rates.json');
      const settings = { extends: extended, methodSettings };
      const { scenario } = await loadScenario(defineScenario({ ...settings, method: mine }));
      assert.equal(scenario.instruction.localSteps, 3);
      assert.equal(scenario.instruction.learningRate, 0.006);
      await assert.rejects(loadScenario(defineScenario(settings)), {
        message: /\/methodSettings\/mine: unknown key, expected one of pwff/,
      });
      const other = defineScenario({ extends: extended, method: 'fedlora', methodSettings: { sfl: {} } });
      assert.equal((await loadScenario(other)).scenario.instruction.loraLearningRateScale, 1);
    });
  });
});
