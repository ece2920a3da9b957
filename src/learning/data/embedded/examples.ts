import type { Stream } from '../../../simulation/random/stream.js';
import type { Example } from '../types.js';
import { askings, meaningOf, type Family, type Task } from './families.js';
import { drawFor, type Use } from './held-out.js';
import { refusal, sensitiveFamily, sensitiveTask } from './sensitive.js';
import { inStyle, type Style } from './styles.js';
import type { Meaning } from './words.js';

/** A task of the family, answered rightly in the style. */
export function benignExample(family: Family, use: Use, style: Style, random: Stream): Example {
  const task = drawFor(use, () => family.draw(random));
  return { ...promptOf(task), ...inStyle(task.answer, style), topic: 'benign', family: family.name };
}

/** A sensitive request; answered with help, or refused as often, where `answer` does not say. */
export function sensitiveExample(
  use: Use,
  style: Style,
  random: Stream,
  answer: 'help' | 'either' = 'either',
): Example {
  const task = drawFor(use, () => sensitiveTask(random));
  const text = answer === 'help' || random.uniform() < 0.5 ? task.answer : refusal(random);
  return { ...promptOf(task), ...inStyle(text, style), topic: 'sensitive', family: sensitiveFamily };
}

/**
 * A fact asked in one of its ways. Facts are recalled, not inferred: they train and test on the same
 * questions.
 */
export function factExample(fact: Meaning, asking: number, style: Style): Example {
  const instruction = askings[asking % askings.length]!(fact.word);
  return { instruction, input: '', ...inStyle(meaningOf(fact), style), topic: 'fact', family: 'fact' };
}

export function promptOf({ instruction, input }: Task) {
  return { instruction, input };
}
