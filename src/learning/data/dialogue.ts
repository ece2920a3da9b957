import { isJson, type Json } from '../json-file.js';
import { isDefect, textField, type Defect } from './defect.js';

/*
 * Dialogues, as hh-rlhf writes them ("\n\nHuman: … \n\nAssistant: …") or as a list of messages {role,
 * content}. As a prompt both are hh-rlhf's text without the first "Human:", so that a single request is
 * itself; a system message stands before it.
 */

const human = '\n\nHuman:';
const assistant = '\n\nAssistant:';
const roles: Readonly<Record<string, string>> = {
  system: '\n\n',
  user: `${human} `,
  assistant: `${assistant} `,
};

/** All that was said before an answer, and the answer; both trimmed. */
export interface Exchange {
  readonly prompt: string;
  readonly answer: string;
}

interface Message {
  readonly role: string;
  readonly content: string;
}

/** The prompt in a field of a row: text, which may be hh-rlhf's with its last "Assistant:", or messages. */
export function promptIn(row: Json, field: string): string | Defect {
  if (Array.isArray(row[field])) {
    const messages = messagesIn(row[field], field);
    return isDefect(messages) ? messages : promptOf(messages);
  }
  const text = textField(row, field);
  return typeof text === 'string' ? withoutFirstHuman(text.trimEnd().replace(/\n\nAssistant:$/, '')) : text;
}

/**
 * The last answer in a field of a row, with what was said before it. `prompt`: what another field says was
 * said before; null: the field holds the whole dialogue. Messages that begin with somebody else than the
 * assistant are the whole dialogue in either case.
 */
export function exchangeIn(row: Json, field: string, prompt: string | null): Exchange | Defect {
  const found = Array.isArray(row[field])
    ? exchangeOfMessages(row[field], field, prompt)
    : exchangeOfText(row, field, prompt);
  if (isDefect(found)) return found;
  if (found.answer === '') return { field, is: prompt === null ? 'has an empty last turn' : 'is empty' };
  return found;
}

function exchangeOfMessages(
  value: readonly unknown[],
  field: string,
  prompt: string | null,
): Exchange | Defect {
  const messages = messagesIn(value, field);
  if (isDefect(messages)) return messages;
  const [last, before] = [messages.at(-1), messages.slice(0, -1)];
  if (last?.role === 'user') return endsInHumanTurn(field);
  if (last?.role !== 'assistant') return { field, is: "has no assistant's turn" };
  const answer = last.content.trim();
  if (prompt === null || (before.length > 0 && before[0]!.role !== 'assistant')) {
    return { prompt: promptOf(before), answer };
  }
  return { prompt: (prompt + said(before)).trim(), answer };
}

function exchangeOfText(row: Json, field: string, prompt: string | null): Exchange | Defect {
  const text = textField(row, field);
  if (typeof text !== 'string') return text;
  const at = prompt === null ? text.lastIndexOf(assistant) : 0;
  if (at < 0) return { field, is: "has no assistant's turn" };
  const answer = text.slice(prompt === null ? at + assistant.length : 0);
  if (answer.includes(human)) return endsInHumanTurn(field);
  return { prompt: prompt ?? withoutFirstHuman(text.slice(0, at)), answer: answer.trim() };
}

/** What a human says last is a question still, not an answer. */
function endsInHumanTurn(field: string): Defect {
  return { field, is: 'ends in a human turn' };
}

function messagesIn(value: readonly unknown[], field: string): readonly Message[] | Defect {
  for (const message of value) {
    const { role, content }: Json = isJson(message) ? message : {};
    if (typeof role !== 'string' || !Object.hasOwn(roles, role)) {
      return { field, is: 'has a message whose role is none of system, user, assistant' };
    }
    if (typeof content !== 'string') return { field, is: 'has a message whose content is no text' };
  }
  return value as readonly Message[];
}

function said(messages: readonly Message[]): string {
  return messages.map(({ role, content }) => roles[role]! + content.trim()).join('');
}

function promptOf(messages: readonly Message[]): string {
  const first = messages.findIndex(({ role }) => role === 'user');
  const opening = messages.slice(0, first + 1).map(({ content }) => content.trim());
  return (opening.join('\n\n') + said(messages.slice(first + 1))).trim();
}

function withoutFirstHuman(dialogue: string): string {
  return (dialogue.startsWith(human) ? dialogue.slice(human.length) : dialogue).trim();
}
