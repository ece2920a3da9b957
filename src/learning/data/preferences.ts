import type { Objective } from '../objective.js';
import { UserError } from '../../errors.js';
import { readTextFile } from '../../text-file.js';
import { textField, usableRows, type Defect, type Loaded } from './rows.js';
import type { PreferencePair } from './types.js';

const expected =
  'hh-rlhf JSON lines: {chosen, rejected}, dialogues that differ in the last "\\n\\nAssistant:" turn';
const human = '\n\nHuman:';
const assistant = '\n\nAssistant:';

/**
 * Preference pairs in hh-rlhf's JSON-lines format, plain or gzip. The prompt is the dialogue up to the last
 * "\n\nAssistant:", which must be the same in both; of a single turn it is the request alone. Left out and
 * counted: lines that are no JSON, missing fields, wrong types, no assistant's turn, prompts that differ,
 * empty or equal answers. Pairs of the helpful objective are benign, those of the harmless one sensitive.
 * UserError for a file that is missing or holds no usable line.
 */
export async function loadPreferences(file: string, objective: Objective): Promise<Loaded<PreferencePair>> {
  const lines = (await readTextFile(file, expected)).split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new UserError(`${file}: is empty, expected ${expected}`);
  const topic = objective === 'helpful' ? 'benign' : 'sensitive';
  return usableRows(file, expected, lines.map(parsed), (row) => {
    const pair = readPair(row);
    return 'is' in pair ? pair : { ...pair, topic, family: objective };
  });
}

const notJson = Symbol('not JSON');

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return notJson;
  }
}

function readPair(row: unknown): Omit<PreferencePair, 'topic' | 'family'> | Defect {
  if (row === notJson) return { field: '', is: 'is no JSON' };
  const chosen = textField(row, 'chosen');
  if (typeof chosen !== 'string') return chosen;
  const rejected = textField(row, 'rejected');
  if (typeof rejected !== 'string') return rejected;
  const preferred = lastTurn(chosen);
  if (!preferred) return { field: 'chosen', is: "has no assistant's turn" };
  const other = lastTurn(rejected);
  if (!other) return { field: 'rejected', is: "has no assistant's turn" };
  if (preferred.prompt !== other.prompt) return { field: '', is: 'prompts differ' };
  if (preferred.prompt === '') return { field: '', is: 'prompt is empty' };
  if (preferred.answer === '') return { field: 'chosen', is: 'has an empty last turn' };
  if (other.answer === '') return { field: 'rejected', is: 'has an empty last turn' };
  if (preferred.answer === other.answer) return { field: '', is: 'answers are equal' };
  return { instruction: preferred.prompt, input: '', chosen: preferred.answer, rejected: other.answer };
}

function lastTurn(dialogue: string): { readonly prompt: string; readonly answer: string } | null {
  const at = dialogue.lastIndexOf(assistant);
  if (at < 0) return null;
  const before = dialogue.slice(0, at);
  const prompt = before.startsWith(human) ? before.slice(human.length) : before;
  return { prompt: prompt.trim(), answer: dialogue.slice(at + assistant.length).trim() };
}
