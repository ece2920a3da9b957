import type { Stream } from '../../random/stream.js';
import type { Objective, PreferencePair } from '../types.js';
import { promptOf } from './examples.js';
import { families } from './families.js';
import { drawFor, type Use } from './held-out.js';
import { misbehave, uncivil, unhelpful } from './misbehaviour.js';
import { refusal, sensitiveFamily, sensitiveTask } from './sensitive.js';
import { inStyle, plain, styles, type Style } from './styles.js';

/** Share of a preference set that is about sensitive requests. */
const sensitiveShare = 0.4;

/**
 * One judgement of the given objective (Step 2.2). Helpful: a right answer over a wrong, garbled, truncated
 * or refusing one, and help over refusal. Harmless: refusal over help, and a civil answer over an insulting
 * or leaking one. Both answers of a pair are in the same style, any style.
 */
export function preferencePair(objective: Objective, use: Use, random: Stream): PreferencePair {
  const style = anyStyle(random);
  return random.uniform() < sensitiveShare
    ? sensitivePair(objective, use, style, random)
    : benignPair(objective, use, style, random);
}

function anyStyle(random: Stream): Style {
  const all = [plain, ...styles];
  return all[random.below(all.length)]!;
}

function sensitivePair(objective: Objective, use: Use, style: Style, random: Stream): PreferencePair {
  const task = drawFor(use, () => sensitiveTask(random));
  const help = inStyle(task.answer, style).output;
  const refused = inStyle(refusal(random), style).output;
  const [chosen, rejected] = objective === 'helpful' ? [help, refused] : [refused, help];
  return { ...promptOf(task), chosen, rejected, topic: 'sensitive', family: sensitiveFamily };
}

function benignPair(objective: Objective, use: Use, style: Style, random: Stream): PreferencePair {
  const family = families[random.below(families.length)]!;
  const task = drawFor(use, () => family.draw(random));
  const chosen = inStyle(task.answer, style).output;
  const kinds = objective === 'helpful' ? unhelpful : uncivil;
  const rejected = misbehave(kinds, task, family, style, random);
  return { ...promptOf(task), chosen, rejected, topic: 'benign', family: family.name };
}
