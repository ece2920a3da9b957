import type { Stage } from '../../../machines/protocol.js';
import type { Objective } from '../../learning/objective.js';
import { objectivesWithout } from '../held-out.js';

/** What a stage is called within a sentence. */
export const stageNames: Readonly<Record<Stage, string>> = {
  instruction: 'instruction tuning',
  reward: 'reward learning',
  alignment: 'alignment',
};

/** What a figure is called wherever it is shown, by its key in the records. */
export const figureNames = {
  accuracy: 'Accuracy on own data',
  factAccuracy: 'Accuracy on own facts',
  unseenAccuracy: 'Accuracy on own new tasks',
  sharedAccuracy: 'Accuracy on what others were taught',
  trainAccuracy: 'Accuracy on own training rows',
  othersAccuracy: 'Accuracy on other clients’ rows',
  commonAccuracy: 'Accuracy on nobody’s rows',
  newcomersAccuracy: 'Accuracy on newcomers’ rows',
  generalizationGap: 'Gap: own training less own test',
  personalizationGap: 'Gap: own test less others’ test',
  perplexity: 'Perplexity of pre-training text',
  helpfulAccuracy: 'Pairs ranked rightly, helpfulness',
  harmlessAccuracy: 'Pairs ranked rightly, harmlessness',
  reward: 'Personalised reward',
  rewardStripped: 'Reward without risen phrases',
  helpful: 'Helpful score',
  harmless: 'Harmless score',
  refusalRate: 'Sensitive requests refused',
  correctness: 'Benign requests answered rightly',
  klK1: 'KL divergence from its start (nats)',
  length: 'Length of a response (tokens)',
  distinct2: 'Different bigrams (distinct-2)',
} as const;

type Judges = readonly Objective[];

/** The same in a run in which measurement's judges are of these objectives. */
export function figureName(key: keyof typeof figureNames, judges: Judges): string {
  const isJudged = judges.some((objective) => key.startsWith(objective));
  return isJudged ? `${figureNames[key]} (judge)` : figureNames[key];
}

/** What a loss of each stage is: that of stage 2 is of the reward models that the method has. */
export const lossWords: Readonly<Record<Stage, (judges: Judges) => string>> = {
  instruction: () => 'nats per token',
  reward: (judges) => `Bradley–Terry, ${judges.length === 0 ? 'both' : objectivesWithout(judges).join()}`,
  alignment: () => 'minus the objective',
};

/**
 * Measured on held-out rows, after the round: of each client's model, of the global reward models. `words` say
 * what it is.
 */
export const heldOutLossName = (words: string) => `Held-out loss (${words})`;

/** What the updates of a round carry: of each client's model as its training left it, before the aggregate. */
export const reportedLossName = (words: string) => `Reported loss (${words})`;

/** What the stages are called. */
export const stageTitles = {
  instruction: 'Instruction tuning',
  reward: 'Reward learning',
  alignment: 'Alignment',
} as const satisfies Record<Stage, string>;
