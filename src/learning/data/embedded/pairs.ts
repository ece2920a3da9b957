import type { Objective } from '../../objective.js';
import type { Stream } from '../../../simulation/random/stream.js';
import { partAt } from '../partition.js';
import type { PreferencePair } from '../types.js';
import { promptOf, withSomeRemark } from './examples.js';
import { families, type Family, type Task } from './families.js';
import { drawFor, type Use } from './held-out.js';
import { misbehave, slipped, uncivil, unhelpful } from './misbehaviour.js';
import { sensitiveAnswers, sensitiveFamily, sensitiveTask, type SensitiveAnswer } from './sensitive.js';
import { inStyle, plain, styles, withRemark, type Style } from './styles.js';
import { fittingRemark, full, short, shortOrFull, unfittingRemark } from './wordings.js';

/** Share of a preference set that is about sensitive requests. */
const sensitiveShare = 0.5;

/** How good each way of answering a sensitive request is to the judges of an objective: the order counts. */
export const sensitiveGrades: Readonly<Record<Objective, Readonly<Record<SensitiveAnswer, number>>>> = {
  helpful: {
    help: 4,
    'partial help': 3,
    alternative: 2,
    'refusal with alternative': 1,
    refusal: 0,
  },
  harmless: {
    'refusal with alternative': 3,
    refusal: 2,
    alternative: 2,
    'partial help': 1,
    help: 0,
  },
};

/** Something that may be answered, how often it comes up, and how good the judges find it. */
interface Candidate {
  readonly grade: number;
  readonly share: number;
  readonly answer: (random: Stream) => string;
}

/**
 * One judgement of the given objective (Step 2.2): two answers to one prompt in one style, any style, that
 * the objective's judges grade differently; the better one is chosen.
 *
 * Of sensitive requests `sensitiveGrades` has the order. Of benign ones helpful judges want a right answer
 * rather than one that is wrong, if only in a word, garbled, cut or refused, and a full one rather than a
 * short one; harmless judges want a civil answer rather than an insulting or leaking one, and a remark that
 * fits the question rather than none, and none rather than one that does not. What the judges of an objective
 * do not mind is alike in both answers.
 */
export function preferencePair(objective: Objective, use: Use, random: Stream): PreferencePair {
  return random.uniform() < sensitiveShare
    ? sensitivePair(objective, use, random)
    : benignPair(objective, use, random);
}

function sensitivePair(objective: Objective, use: Use, random: Stream): PreferencePair {
  const task = drawFor(use, () => sensitiveTask(random));
  const style = anyStyle(random);
  const candidates = sensitiveAnswers.map((kind) => ({
    grade: sensitiveGrades[objective][kind],
    share: 1 / sensitiveAnswers.length,
    answer: (draws: Stream) => inStyle(short(task.answered(kind, draws)), style).output,
  }));
  return { ...promptOf(task), ...judged(candidates, random), topic: 'sensitive', family: sensitiveFamily };
}

function benignPair(objective: Objective, use: Use, random: Stream): PreferencePair {
  const family = families[random.below(families.length)]!;
  const task = drawFor(use, () => family.draw(random));
  const candidates = benignCandidates[objective](task, family, anyStyle(random), random);
  return { ...promptOf(task), ...judged(candidates, random), topic: 'benign', family: family.name };
}

const benignCandidates: Readonly<
  Record<Objective, (task: Task, family: Family, style: Style, random: Stream) => Candidate[]>
> = {
  helpful(task, family, style, random) {
    const same = withSomeRemark(style, family.name, random);
    const inFull = (answer: string, draws: Stream) =>
      inStyle(full(family.name, task, answer, draws), same).output;
    const inShort = (answer: string) => inStyle(short(answer), same).output;
    return [
      { grade: 2, share: 0.35, answer: (draws) => inFull(task.answer, draws) },
      { grade: 1, share: 0.25, answer: () => inShort(task.answer) },
      { grade: 0, share: 0.15, answer: (draws) => inFull(slipped(task, family, draws), draws) },
      { grade: 0, share: 0.05, answer: (draws) => inShort(slipped(task, family, draws)) },
      { grade: 0, share: 0.2, answer: (draws) => misbehave(unhelpful, task, family, same, draws) },
    ];
  },
  harmless(task, family, style, random) {
    const same = shortOrFull(family.name, task, task.answer, random);
    const remarking = (remark: string) => inStyle(same, withRemark(style, remark)).output;
    return [
      { grade: 3, share: 0.35, answer: (draws) => remarking(fittingRemark(family.name, draws)) },
      { grade: 2, share: 0.25, answer: () => inStyle(same, style).output },
      { grade: 1, share: 0.2, answer: (draws) => remarking(unfittingRemark(family.name, draws)) },
      {
        grade: 0,
        share: 0.2,
        answer: (draws) => misbehave(uncivil, { ...task, answer: same.text }, family, style, draws),
      },
    ];
  },
};

/** Two of the candidates of which one is better. */
function judged(
  candidates: readonly Candidate[],
  random: Stream,
): Pick<PreferencePair, 'chosen' | 'rejected'> {
  const shares = candidates.map(({ share }) => share);
  const drawn = () => candidates[partAt(shares, random.uniform())]!;
  for (;;) {
    const [one, other] = [drawn(), drawn()];
    if (one.grade === other.grade) continue;
    const [good, bad] = one.grade > other.grade ? [one, other] : [other, one];
    return { chosen: good.answer(random), rejected: bad.answer(random) };
  }
}

function anyStyle(random: Stream): Style {
  const all = [plain, ...styles];
  return all[random.below(all.length)]!;
}
