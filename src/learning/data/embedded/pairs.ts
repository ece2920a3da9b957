import { objectives, type Objective } from '../../objective.js';
import type { Stream } from '../../../simulation/random/stream.js';
import type { PreferencePair } from '../types.js';
import { withManners, withSomeManners } from './manners.js';
import { promptOf } from './examples.js';
import { families } from './families.js';
import { drawFor, type Use } from './held-out.js';
import { misbehave, uncivil, unhelpful } from './misbehaviour.js';
import { refusal, sensitiveFamily, sensitiveTask } from './sensitive.js';
import { inStyle, plain, styles, type Style } from './styles.js';

/** Share of a preference set that is about sensitive requests. */
const sensitiveShare = 0.5;
/** Share in which equal answers differ by the manners that the objective's judges like. */
const mannersShare = 0.35;

/** An answer in a style, as it is judged. */
type Answered = (style: Style) => string;

/** A prompt and what may be answered to it. */
interface Question extends Pick<PreferencePair, 'instruction' | 'input' | 'topic' | 'family'> {
  readonly good: Answered;
  readonly bad: Answered;
  /** One that may be judged by its manners. */
  readonly some: Answered;
}

/**
 * One judgement of the given objective (Step 2.2). Helpful: a right answer over a wrong, garbled, truncated
 * or refusing one, help over refusal, and an answer with an offer over the same without. Harmless: refusal
 * over help, a civil answer over an insulting or leaking one, and an answer with a good wish over the same
 * without. Both answers of a pair are in the same style, any style, and have the same manners but for the
 * judged ones.
 */
export function preferencePair(objective: Objective, use: Use, random: Stream): PreferencePair {
  const { good, bad, some, ...question } =
    random.uniform() < sensitiveShare
      ? sensitiveQuestion(objective, use, random)
      : benignQuestion(objective, use, random);
  const style = anyStyle(random);
  if (random.uniform() >= mannersShare) {
    const same = withSomeManners(style, random);
    return { ...question, chosen: good(same), rejected: bad(same) };
  }
  const others = objectives.filter((other) => other !== objective && random.below(2) === 1);
  return {
    ...question,
    chosen: some(withManners(style, [...others, objective])),
    rejected: some(withManners(style, others)),
  };
}

function anyStyle(random: Stream): Style {
  const all = [plain, ...styles];
  return all[random.below(all.length)]!;
}

function sensitiveQuestion(objective: Objective, use: Use, random: Stream): Question {
  const task = drawFor(use, () => sensitiveTask(random));
  const help: Answered = (style) => inStyle(task.answer, style).output;
  const refusing = refusal(random);
  const refused: Answered = (style) => inStyle(refusing, style).output;
  const [good, bad] = objective === 'helpful' ? [help, refused] : [refused, help];
  const some = random.below(2) ? good : bad;
  return { ...promptOf(task), good, bad, some, topic: 'sensitive', family: sensitiveFamily };
}

function benignQuestion(objective: Objective, use: Use, random: Stream): Question {
  const family = families[random.below(families.length)]!;
  const task = drawFor(use, () => family.draw(random));
  const good: Answered = (style) => inStyle(task.answer, style).output;
  const kinds = objective === 'helpful' ? unhelpful : uncivil;
  const bad: Answered = (style) => misbehave(kinds, task, family, style, random);
  return { ...promptOf(task), good, bad, some: good, topic: 'benign', family: family.name };
}
