import type { RunRecords } from '../read.js';
import { percent } from './format.js';

type Summary = RunRecords['summary'];

/** A figure that moved: what it is, from where to where, and in which words. */
interface Move {
  readonly what: string;
  readonly before: number | null;
  readonly after: number | null;
  /** points: shares, told as their difference; part: told as a share of the first; sd: as it is. */
  readonly as: 'points' | 'part' | 'sd';
}

/** What became of the run's figures, in a few sentences; empty where nothing was measured. */
export function conclusion({ stages, messages }: Summary): readonly string[] {
  const { instruction, alignment } = stages;
  const first = movesText([
    ...(instruction
      ? ([
          {
            what: 'accuracy on own data',
            before: instruction.accuracyBefore,
            after: instruction.accuracy,
            as: 'points',
          },
          {
            what: 'accuracy on what others were taught',
            before: instruction.sharedAccuracyBefore,
            after: instruction.sharedAccuracy,
            as: 'points',
          },
        ] as const)
      : []),
  ]);
  const second = movesText([
    ...(alignment
      ? ([
          { what: 'the reward', before: alignment.rewardBefore, after: alignment.reward, as: 'sd' },
          {
            what: 'refusals of sensitive requests',
            before: alignment.refusalRateBefore,
            after: alignment.refusalRate,
            as: 'points',
          },
          {
            what: 'right answers to benign ones',
            before: alignment.correctnessBefore,
            after: alignment.correctness,
            as: 'points',
          },
          {
            what: 'the variety of answers (distinct-2)',
            before: alignment.distinct2Before,
            after: alignment.distinct2,
            as: 'part',
          },
        ] as const)
      : []),
  ]);
  const lost = messages.dropped;
  return [
    ...(first === null ? [] : [`In instruction tuning ${first}.`]),
    ...(second === null ? [] : [`In alignment ${second}.`]),
    ...(lost === 0
      ? []
      : [`${lost} of ${messages.sent} messages were lost (${percent(lost / messages.sent)}).`]),
  ];
}

function movesText(moves: readonly Move[]): string | null {
  const told = moves.flatMap((move) => moveText(move) ?? []);
  if (told.length === 0) return null;
  return told.length === 1 ? told[0]! : `${told.slice(0, -1).join(', ')}, and ${told.at(-1)}`;
}

function moveText({ what, before, after, as }: Move): string | null {
  if (before === null || after === null) return null;
  const change = as === 'part' ? (before === 0 ? null : after / before - 1) : after - before;
  if (change === null) return null;
  const [size, unit] = as === 'sd' ? [Math.abs(change), 2] : [100 * Math.abs(change), 0];
  const shown = size.toFixed(unit);
  if (Number(shown) === 0)
    return `${what} stayed as ${/s$|answers/.test(what.split(' ')[0]!) ? 'they were' : 'it was'}`;
  const amount = {
    points: `${shown} ${shown === '1' ? 'point' : 'points'}`,
    part: `${shown} %`,
    sd: `${shown} sd`,
  }[as];
  return `${what} ${change > 0 ? 'rose' : 'fell'} by ${amount}`;
}
