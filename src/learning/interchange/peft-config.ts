import { createContext, Script } from 'node:vm';
import { isJson, rejectKey, type Json } from '../json-file.js';
import { checkAssumptions, type Assumptions } from '../model/config-file.js';

/** What of PEFT's LoRA has no counterpart here, by the values that stand for its absence. */
const assumptions: Assumptions = {
  peft_type: ['LORA'],
  bias: ['none'],
  use_dora: [false, null],
  lora_bias: [false, null],
  modules_to_save: [null],
  layer_replication: [null],
  target_parameters: [null],
  trainable_token_indices: [null],
  // The others change the base model as well.
  init_lora_weights: [true, false, null, 'gaussian', 'orthogonal', 'eva'],
};

/**
 * The scaling of each module by PEFT's adapter_config.json: alpha over rank, or over its root (`use_rslora`); alpha is
 * that of the first of `alpha_pattern` whose key, a regular expression, is the end of the module's name.
 *
 * @returns by full name of a module (`transformer.h.0.attn.c_attn`) and its rank
 * @throws UserError where it is no LoRA, one with more than two matrices a module, or its numbers are none.
 */
export function peftScaling(json: Json, file: string): (module: string, rank: number) => number {
  if (!('peft_type' in json)) rejectKey(file, 'peft_type', undefined, '"LORA"');
  checkAssumptions(json, file, assumptions);
  const alpha = positive(json['lora_alpha'], file, 'lora_alpha');
  const patterns = Object.entries(patternsIn(json, file)).map(
    ([key, value]) => [ending(key, file), positive(value, file, `alpha_pattern/${key}`)] as const,
  );
  return (module, rank) => {
    const [, own = alpha] = patterns.find(([matches]) => matches(module)) ?? [];
    return own / (json['use_rslora'] === true ? Math.sqrt(rank) : rank);
  };
}

function patternsIn(json: Json, file: string): Json {
  const patterns = json['alpha_pattern'] ?? {};
  return isJson(patterns) ? patterns : rejectKey(file, 'alpha_pattern', patterns, 'an object of numbers');
}

/** A pattern that takes longer to try would not end: those of PEFT take microseconds. */
const longestMilliseconds = 1000;

/** Whether a module's name ends so. */
function ending(key: string, file: string): (module: string) => boolean {
  const refused = () =>
    rejectKey(
      file,
      'alpha_pattern',
      key,
      `keys that are regular expressions, tried within ${longestMilliseconds} ms`,
    );
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(.*\\.)?(${key})$`);
  } catch {
    return refused();
  }
  return (module) => {
    try {
      return matching.runInContext(createContext({ pattern, module }), {
        timeout: longestMilliseconds,
      }) as boolean;
    } catch {
      return refused();
    }
  };
}

const matching = new Script('pattern.test(module)');

function positive(value: unknown, file: string, key: string): number {
  return typeof value === 'number' && value > 0 ? value : rejectKey(file, key, value, 'a number above 0');
}
