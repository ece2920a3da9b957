import { sum } from '../../src/moments.js';
import type { RunRecords } from '../../src/records/read.js';
import type { Summary } from '../../src/records/summary.js';
import type { Column } from '../tables.js';

/** What the record keeps of a run: enough for figures that nobody asked for yet. */
export interface RunFigures extends Pick<Summary, 'stages' | 'messages' | 'virtualSeconds'> {
  /** Bits of the messages of rounds, without the model that all are sent before the first (Step 1.1). */
  readonly roundBits: number;
}

export function runFigures({
  summary,
  messages: rows,
}: Pick<RunRecords, 'summary' | 'messages'>): RunFigures {
  const { stages, messages, virtualSeconds } = summary;
  const inRounds = rows.filter(({ round, copyOf }) => round > 0 && copyOf === null);
  return { stages, messages, virtualSeconds, roundBits: sum(inRounds.map(({ bits }) => bits)) };
}

const percent = (share: number | null | undefined) => (share == null ? null : 100 * share);

/** One line for each figure of stage 1; a figure that a run has not at all is left out of the tables. */
const ofInstruction: readonly Column<RunFigures>[] = [
  { head: 'own accuracy, %', digits: 1, of: ({ stages }) => percent(stages.instruction?.accuracy) },
  {
    head: 'unseen own prompts, %',
    digits: 1,
    of: ({ stages }) => percent(stages.instruction?.unseenAccuracy),
  },
  { head: 'own facts, %', digits: 1, of: ({ stages }) => percent(stages.instruction?.factAccuracy) },
  { head: 'shared, %', digits: 1, of: ({ stages }) => percent(stages.instruction?.sharedAccuracy) },
  { head: 'held-out loss', digits: 3, of: ({ stages }) => stages.instruction?.heldOutLoss ?? null },
  {
    head: 's in transit per round',
    digits: 2,
    of: ({ stages }) => stages.instruction?.delaySecondsPerRound ?? null,
  },
  {
    head: 'J of messages per round',
    digits: 2,
    of: ({ stages }) => stages.instruction?.energyJoulesPerRound ?? null,
  },
  { head: 'Mbit per round', digits: 3, of: (run) => bitsPerRound(run) / 1e6 },
];

/** And of the later stages. */
const ofOthers: readonly Column<RunFigures>[] = [
  { head: 'helpful pairs, %', digits: 1, of: ({ stages }) => percent(stages.reward?.helpfulAccuracy) },
  { head: 'harmless pairs, %', digits: 1, of: ({ stages }) => percent(stages.reward?.harmlessAccuracy) },
  { head: 'reward', digits: 3, of: ({ stages }) => stages.alignment?.reward ?? null },
  { head: 'refusals, %', digits: 1, of: ({ stages }) => percent(stages.alignment?.refusalRate) },
  { head: 'correct, %', digits: 1, of: ({ stages }) => percent(stages.alignment?.correctness) },
];

export const columns = [...ofInstruction, ...ofOthers];

/** Over all rounds of all stages. */
function bitsPerRound({ stages, roundBits }: RunFigures): number {
  return (
    roundBits / sum([stages.instruction, stages.reward, stages.alignment].map((stage) => stage?.rounds ?? 0))
  );
}
