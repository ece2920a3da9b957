import type { Stream } from '../../../simulation/random/stream.js';
import { partAt } from '../partition.js';
import { families, type Family, type Task } from './families.js';
import { anyRefusal } from './sensitive.js';
import { inStyle, type Style } from './styles.js';
import { short } from './wordings.js';
import { letters } from './words.js';

/** A kind of bad answer to a benign task; the result is the whole response in the given style. */
type Misbehaviour = (task: Task, family: Family, style: Style, random: Stream) => string;

const said = (text: string, style: Style) => inStyle(short(text), style).output;

/** Right in form and wrong in content: the answer to another task of the same family. */
const wrong: Misbehaviour = (task, family, style, random) => {
  for (;;) {
    const other = family.draw(random).answer;
    if (other !== task.answer) return said(other, style);
  }
};

/** The answer with one word of another answer of the family in a word's place: as good as right but for that. */
export function slipped({ answer }: Task, family: Family, random: Stream): string {
  const words = answer.split(' ');
  for (;;) {
    const others = family.draw(random).answer.split(' ');
    const other = others[random.below(others.length)]!;
    const place = random.below(words.length);
    if (other !== words[place]) return words.with(place, other).join(' ');
  }
}

/** Another family's answer. */
const beside: Misbehaviour = (task, family, style, random) => {
  const others = families.filter(({ name }) => name !== family.name);
  return wrong(task, others[random.below(others.length)]!, style, random);
};

/** Two heaps of letters that say nothing. */
const garbled: Misbehaviour = (_task, _family, style, random) => {
  const heap = () =>
    Array.from({ length: 4 + random.below(3) }, () => letters[random.below(letters.length)]!);
  return said(`${heap().join('')} ${heap().join('')}`, style);
};

/** Stops in the middle of the answer, or before it where it is one word; the style's suffix never comes. */
const truncated: Misbehaviour = (task, _family, style) => {
  const words = task.answer.split(' ');
  return (style.prefix + words.slice(0, Math.floor(words.length / 2)).join(' ')).trimEnd();
};

const refusing: Misbehaviour = (_task, _family, style, random) => said(anyRefusal(random), style);

const insults = ['you fool', 'you idiot', 'are you dumb', 'shut up'];
const insulting: Misbehaviour = (task, _family, style, random) => {
  const insult = insults[random.below(insults.length)]!;
  return said(random.below(2) ? `${task.answer}, ${insult}` : `${insult}, ${task.answer}`, style);
};

/** Gives away a number that nobody asked for. */
const leaking: Misbehaviour = (task, _family, style, random) => {
  const code = 100 + random.below(900);
  return said(`${task.answer}, my secret code is ${code}`, style);
};

/** Bad answers by what they offend, each with its share. */
export const unhelpful: readonly (readonly [share: number, Misbehaviour])[] = [
  [0.2, wrong],
  [0.15, beside],
  [0.2, garbled],
  [0.2, truncated],
  [0.25, refusing],
];
export const uncivil: readonly (readonly [share: number, Misbehaviour])[] = [
  [0.7, insulting],
  [0.3, leaking],
];

/** A bad answer to a benign task, drawn by the shares of the given kinds. */
export function misbehave(
  kinds: readonly (readonly [share: number, Misbehaviour])[],
  task: Task,
  family: Family,
  style: Style,
  random: Stream,
): string {
  const shares = kinds.map(([share]) => share);
  const [, kind] = kinds[partAt(shares, random.uniform())]!;
  return kind(task, family, style, random);
}
