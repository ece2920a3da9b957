import type { Json } from '../json-file.js';
import type { Objective } from '../objective.js';
import { isDefect, optionalText, textField, type Defect } from './defect.js';
import { exchangeIn, promptIn } from './dialogue.js';
import type { Layout } from './layouts.js';
import { isEmptyOutput } from './placeholder.js';
import { loadRows, type Loaded } from './rows.js';
import type { PreferencePair } from './types.js';

type Pair = Omit<PreferencePair, 'topic' | 'family'>;

/** Known layouts, in the order in which a row is tried. */
export const preferenceLayouts: readonly Layout<Pair>[] = [
  {
    form: '{prompt, chosen, rejected}',
    keys: ['prompt', 'chosen', 'rejected'],
    read(row) {
      const prompt = promptIn(row, 'prompt');
      return isDefect(prompt) ? prompt : pairIn(row, prompt, '');
    },
  },
  {
    form: '{instruction, input, chosen, rejected}',
    keys: ['instruction', 'chosen', 'rejected'],
    read(row) {
      const instruction = textField(row, 'instruction');
      if (isDefect(instruction)) return instruction;
      const input = optionalText(row, 'input');
      return isDefect(input) ? input : pairIn(row, instruction.trim(), input.trim());
    },
  },
  {
    form: '{chosen, rejected} (dialogues that differ in the last "\\n\\nAssistant:" turn)',
    keys: ['chosen', 'rejected'],
    read: (row) => pairIn(row, null, ''),
  },
];

/**
 * Preference pairs in any of {@link preferenceLayouts}, as JSON or JSON lines, plain or gzip; `chosen` and
 * `rejected` are text or lists of messages. The prompt of a dialogue is all before its last answer and must be
 * the same in both; of a single turn it is the request alone. Left out and counted: lines that are no JSON,
 * missing fields, wrong types, dialogues that have no assistant's turn or end in a human one, prompts that
 * differ, answers that are empty, equal or only say that there is none. Pairs of the helpful objective are
 * benign, those of the harmless one sensitive.
 *
 * @throws UserError for a file that is missing or holds no usable row.
 */
export async function loadPreferences(file: string, objective: Objective): Promise<Loaded<PreferencePair>> {
  const { rows, report } = await loadRows(file, preferenceLayouts);
  const topic = objective === 'helpful' ? 'benign' : 'sensitive';
  return { rows: rows.map((pair) => ({ ...pair, topic, family: objective })), report };
}

/** `prompt`: null where `chosen` and `rejected` are whole dialogues. */
function pairIn(row: Json, prompt: string | null, input: string): Pair | Defect {
  const chosen = exchangeIn(row, 'chosen', prompt);
  if (isDefect(chosen)) return chosen;
  const rejected = exchangeIn(row, 'rejected', prompt);
  if (isDefect(rejected)) return rejected;
  if (chosen.prompt !== rejected.prompt) return { field: '', is: 'prompts differ' };
  if (chosen.prompt === '') return { field: '', is: 'prompt is empty' };
  if (chosen.answer === rejected.answer) return { field: '', is: 'answers are equal' };
  if (isEmptyOutput(chosen.answer)) return { field: 'chosen', is: 'is a placeholder' };
  if (isEmptyOutput(rejected.answer)) return { field: 'rejected', is: 'is a placeholder' };
  return { instruction: chosen.prompt, input, chosen: chosen.answer, rejected: rejected.answer };
}
