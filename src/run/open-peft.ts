import { resolve } from 'node:path';
import { greatest } from '../extremes.js';
import { designedLora } from '../learning/clients/device.js';
import type { Client } from '../learning/clients/population.js';
import { loraFactors } from '../learning/interchange/lora-modules.js';
import { readPeftLora } from '../learning/interchange/read-peft.js';
import type { ModelConfig } from '../learning/model/config.js';
import { isLlama } from '../learning/model/llama.js';
import { loraSites } from '../learning/model/lora.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { Scenario } from '../scenario/schema.js';
import { problemLine } from '../settings/problem.js';
import { UserError } from '../errors.js';
import type { Method } from '../strategies/methods/method.js';
import type { RunOptions } from './options.js';

/** The LoRA of PEFT's that a run begins with. */
export interface BegunLora {
  readonly folder: string;
  readonly lora: ParamSet;
  readonly notes: readonly string[];
}

/**
 * Reads the LoRA that `model.fromPeft` names; null where it names none.
 *
 * @throws UserError where the method has no LoRA, or the folder's does not fit the scenario or the model.
 */
export async function openPeft(
  { scenario, folder }: Pick<RunOptions, 'scenario' | 'folder'>,
  config: ModelConfig,
  method: Method,
  clients: readonly Client[],
): Promise<BegunLora | null> {
  const { fromPeft, lora: form } = scenario.model;
  if (fromPeft === null) return null;
  if (!method.slots.some(({ kind }) => kind === 'lora')) {
    const problem = {
      pointer: '/model/fromPeft',
      is: `is ${JSON.stringify(fromPeft)}`,
      expected: `null: the method ${method.name} has no LoRA`,
    };
    throw new UserError(problemLine(`scenario ${scenario.name}`, problem));
  }
  const changing = method.slots.some(({ change }) => change !== undefined);
  if (form.minRank !== null || changing) {
    const problem = {
      pointer: '/model/fromPeft',
      is: `is ${JSON.stringify(fromPeft)}`,
      expected: changing
        ? `null: the method ${method.name} adds what LoRA has learned to the base model`
        : 'null where /model/lora/minRank gives clients ranks of their own',
    };
    throw new UserError(problemLine(`scenario ${scenario.name}`, problem));
  }
  if (isLlama(config)) {
    const problem = {
      pointer: '/model/fromPeft',
      is: `is ${JSON.stringify(fromPeft)}`,
      expected: `null: a LoRA of PEFT's is read for a GPT-2 only, and the model is a ${config.llama.model_type}`,
    };
    throw new UserError(problemLine(`scenario ${scenario.name}`, problem));
  }
  const at = resolve(folder, fromPeft);
  const lora = await readPeftLora(at, form, config);
  return { folder: at, lora, notes: notesOf(at, lora, { scenario, config, method, clients }) };
}

interface Known {
  readonly scenario: Scenario;
  readonly config: ModelConfig;
  readonly method: Method;
  readonly clients: readonly Client[];
}

/** What of it clients leave out that Step 1.2 gives fewer places. */
function notesOf(
  at: string,
  lora: ParamSet,
  { scenario, config, method, clients }: Known,
): readonly string[] {
  if (method.slots.find(({ kind }) => kind === 'lora')?.modules === 'all') return [];
  const places = loraSites(config, scenario.model.lora.targets).map(({ name }) => name);
  const last = greatest(loraFactors(lora).map(({ name }) => places.indexOf(name)));
  const short = clients.filter(
    ({ data, device }) => designedLora(scenario, data.train.length, device).modules <= last,
  );
  if (short.length === 0) return [];
  return [
    `model.fromPeft: Step 1.2 gives ${short.length} of ${clients.length} clients too few modules for all ` +
      `${loraFactors(lora).length} of ${at}; they begin without the last ones (model.lora.minModules=${last + 1} has room for all)`,
  ];
}
