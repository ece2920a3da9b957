import { Option } from 'commander';
import { oneOf } from './option-values.js';

/*
 * Options that several commands have.
 */

/** An option that takes one of these names. */
export function choiceOption(flag: string, description: string, names: readonly string[]): Option {
  return new Option(`${flag} <name>`, description).choices(names).argParser(oneOf(flag, names));
}

export function backendOption(description: string): Option {
  return choiceOption('--backend', description, ['auto', 'native', 'wasm']);
}

export function modelOption(): Option {
  return new Option(
    '--model <folder>',
    'a GPT-2 as Hugging Face has it; from the current folder, in place of model.path',
  );
}

export function rewardModelOption(): Option {
  return new Option(
    '--reward-model <folder>',
    'a DistilBERT or GPT-2 as Hugging Face has it, that both reward models start from; in place of ' +
      'reward.model',
  );
}

export function fromPeftOption(): Option {
  return new Option(
    '--from-peft <folder>',
    'begin with a LoRA as PEFT leaves it; in place of model.fromPeft',
  );
}

export function settingOption(): Option {
  return new Option(
    '--set <path=value>',
    'change a setting, for example channel.uplink.meanSnrDb=3; repeatable',
  )
    .argParser((setting: string, earlier: readonly string[]) => [...earlier, setting])
    .default([], 'none');
}
