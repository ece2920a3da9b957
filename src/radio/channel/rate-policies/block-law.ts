import { least } from '../../../extremes.js';
import type { GainLaw } from '../fading/fading.js';

/** The law of the gain at which a sender sends, as a rate policy has to know it. */
export type BlockLaw = Pick<GainLaw, 'mean'>;

/** The law of the sender's own blocks, where a scheduler gives them out by the rank of their gain. */
export function ownBlocks(law: GainLaw, scheduled: ((rank: number) => number) | null): BlockLaw {
  if (scheduled === null) return law;
  const isOwn = (gain: number) => scheduled(law.cdf(gain));
  const share = law.mean(isOwn);
  return { mean: (f, options) => law.mean((gain) => f(gain) * isOwn(gain), options) / share };
}

/** A receiver of a broadcast: the law of its gain, and its mean SNR as a ratio. */
export interface Receiver {
  readonly law: GainLaw;
  readonly ratio: number;
}

export interface WorstLaw extends BlockLaw {
  /** The mean SNR of the weakest receiver, to which the gains are relative. */
  readonly reference: number;
}

/**
 * The law of min g_i gamma_i over the independent receivers of a broadcast, relative to the least of their
 * mean ratios gamma_i: receiver i is the worst where all others are above g gamma_i / gamma_j. Of equal
 * ratios the first counts, so that laws with jumps are met too.
 */
export function worstOf(receivers: readonly Receiver[]): WorstLaw {
  const classes = classesOf(receivers);
  const reference = least(classes.map(({ ratio }) => ratio));
  return {
    reference,
    mean: (f, { above = 0, breaks = [] } = {}) =>
      classes.reduce((sum, own, index) => {
        const { law, ratio, count } = own;
        const scale = ratio / reference;
        const isWorst = (gain: number) => {
          let probability = worstInClass(count, 1 - law.cdf(gain), 1 - law.cdf(gain * justBelow));
          for (let other = 0; other < classes.length && probability > 0; other++) {
            const rival = classes[other]!;
            const same = (gain * ratio) / rival.ratio;
            const limit = other > index ? same * justBelow : same;
            if (other !== index) probability *= (1 - rival.law.cdf(limit)) ** rival.count;
          }
          return probability;
        };
        const options = { above: above / scale, breaks: breaks.map((gain) => gain / scale) };
        return sum + law.mean((gain) => f(gain * scale) * isWorst(gain), options);
      }, 0),
  };
}

const justBelow = 1 - 1e-12;

/** Sum over the members of a class of the probability that the earlier are above and the later not below. */
function worstInClass(count: number, above: number, atLeast: number): number {
  let sum = 0;
  for (let earlier = 0; earlier < count; earlier++) {
    sum += above ** earlier * atLeast ** (count - 1 - earlier);
  }
  return sum;
}

/** Receivers of one law and one ratio are one class. */
function classesOf(receivers: readonly Receiver[]): (Receiver & { readonly count: number })[] {
  const classes: (Receiver & { count: number })[] = [];
  for (const { law, ratio } of receivers) {
    const known = classes.find((each) => each.law === law && each.ratio === ratio);
    if (known) known.count += 1;
    else classes.push({ law, ratio, count: 1 });
  }
  return classes;
}
