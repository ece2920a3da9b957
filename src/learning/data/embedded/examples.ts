import type { Stream } from '../../../simulation/random/stream.js';
import { partAt } from '../partition.js';
import type { Example, Prompt } from '../types.js';
import { askingsFor, meaningOf, type Family } from './families.js';
import { drawFor, type Use } from './held-out.js';
import {
  sensitiveAnswers,
  sensitiveFamily,
  sensitiveShares,
  sensitiveTask,
  type SensitiveAnswer,
} from './sensitive.js';
import { inStyle, withRemark, type Style } from './styles.js';
import { fittingRemark, remarkShare, short, shortOrFull } from './wordings.js';
import type { Meaning } from './words.js';

/** A task of the family, answered rightly in the style, and worded as people do. */
export function benignExample(family: Family, use: Use, style: Style, random: Stream): Example {
  const task = drawFor(use, () => family.draw(random));
  return { ...worded(family.name, promptOf(task), task.answer, style, random), topic: 'benign' };
}

/** A sensitive request, answered so; in one of the ways of people where `answer` does not say. */
export function sensitiveExample(use: Use, style: Style, random: Stream, answer?: SensitiveAnswer): Example {
  const task = drawFor(use, () => sensitiveTask(random));
  const kind = answer ?? sensitiveAnswers[partAt(sensitiveShares, random.uniform())]!;
  const said = inStyle(short(task.answered(kind, random)), style);
  return { ...promptOf(task), ...said, topic: 'sensitive', family: sensitiveFamily };
}

/** A fact asked in one of the ways that are kept for this use. */
export function factExample(fact: Meaning, use: Use, style: Style, random: Stream): Example {
  const askings = askingsFor(fact, use);
  const prompt = { instruction: askings[random.below(askings.length)]!, input: '' };
  return { ...worded('fact', prompt, meaningOf(fact), style, random), topic: 'fact' };
}

function worded(family: string, prompt: Prompt, answer: string, style: Style, random: Stream) {
  const body = shortOrFull(family, prompt, answer, random);
  return { ...prompt, ...inStyle(body, withSomeRemark(style, family, random)), family };
}

/** The style with a fitting remark, as often as people make one. */
export function withSomeRemark(style: Style, family: string, random: Stream): Style {
  return random.uniform() < remarkShare ? withRemark(style, fittingRemark(family, random)) : style;
}

export function promptOf({ instruction, input }: Prompt): Prompt {
  return { instruction, input };
}
