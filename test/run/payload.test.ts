import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { MessageRow } from '../../src/records/rows.js';
import { packageRoot } from '../../src/paths.js';
import { payloadOf } from '../../src/radio/payload/payload.js';
import { readScenarioOfShapes } from '../../src/radio/payload/read-scenario.js';
import { methods, type MethodName } from '../../src/strategies/methods/index.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import { placeOf } from './one-place.js';
import { protocolRun } from './untrained.js';

/** All clients of the tiny scenario have the same LoRA, their updates all arrive, and a stage has all its rounds. */
const settings = [
  'server.quorum=3',
  'channel.lossProbability=0',
  'model.lora.minModules=9',
  'model.lora.maxModules=9',
  'instruction.maxRounds=4',
  'instruction.convergence.patience=99',
];

const tiny = join(packageRoot(), 'scenarios/tiny.json');

async function expected(set: readonly string[], name: MethodName): Promise<readonly string[]> {
  const { scenario, model } = await readScenarioOfShapes(
    tiny,
    [{ option: '--set', settings: set }],
    undefined,
  );
  const { messages } = payloadOf(scenario, methods[name], { model: model.config, reward: null });
  return distinct(messages);
}

const distinct = (messages: readonly { readonly kind: string; readonly bits: number }[]) =>
  [...new Set(messages.map(({ kind, bits }) => `${kind} ${bits}`))].sort();

describe('what pwff payload says a message takes', () => {
  for (const name of Object.keys(methods) as MethodName[]) {
    it(`is what messages of a run take: ${name}`, async () => {
      const set = [...settings, `method=${name}`, ...placeOf(name)];
      const { run, ended } = await protocolRun(set, { executor: stubExecutor() });
      assert.equal(ended.reason, 'finished');
      const rows: readonly MessageRow[] = run.written.messages;
      assert.deepEqual(distinct(rows), await expected(set, name));
    });
  }
});
