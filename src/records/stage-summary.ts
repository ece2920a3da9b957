import type { Interval } from '../interval.js';

/** What the rounds of a stage took, in the mean. */
export interface RoundsSummary {
  readonly rounds: number;
  readonly delaySecondsPerRound: number;
  /** Of the messages, clients' side and server's. */
  readonly energyJoulesPerRound: number;
  /** Of messages and work, of one side; null in records of an earlier version. */
  readonly deviceJoulesPerRound: number | null;
  readonly serverJoulesPerRound: number | null;
}

export interface InstructionSummary extends RoundsSummary {
  /**
   * Teacher-forced next-token accuracy on the response, own held-out rows, mean over clients; start and end.
   */
  readonly accuracyBefore: number | null;
  readonly accuracy: number | null;
  /** Content tokens only, of own held-out rows that ask for facts; null where there are none. */
  readonly factAccuracyBefore: number | null;
  readonly factAccuracy: number | null;
  /** Content tokens only, of all other own held-out rows, which have to be worked out. */
  readonly unseenAccuracyBefore: number | null;
  readonly unseenAccuracy: number | null;
  /** The same on what only other clients were taught, content tokens only; null where nothing is split. */
  readonly sharedAccuracyBefore: number | null;
  readonly sharedAccuracy: number | null;
  /** Nats per response token, own held-out rows, mean over clients; not what clients report while they train. */
  readonly heldOutLossBefore: number | null;
  readonly heldOutLoss: number | null;
  /** Null where the scenario has no `instruction.targetAccuracy`. */
  readonly toTarget: ToTarget | null;
}

/** How far it was to a mean accuracy; src/records/to-target.ts defines it. */
export interface ToTarget {
  /** The target, a share. */
  readonly accuracy: number;
  /** Null where it was never reached. */
  readonly reached: TargetReached | null;
}

export interface TargetReached {
  /** 0 is before any training. */
  readonly round: number;
  /** When the last figure of the mean was there, since the start of the run. */
  readonly virtualSeconds: number;
  /** Of all messages that had ended by then. */
  readonly energyJoules: number;
}

export interface RewardSummary extends RoundsSummary {
  /** Share of held-out pairs that the global model, or the judge, ranks as labelled, mean over clients. */
  readonly helpfulAccuracy: number | null;
  readonly harmlessAccuracy: number | null;
  /** Bradley–Terry loss of the method's global models on held-out pairs, sum over its objectives, mean over clients. */
  readonly heldOutLossBefore: number | null;
  readonly heldOutLoss: number | null;
}

/** Rates of responses, by their keys in a summary. */
export type Rate = 'refusalRateBefore' | 'refusalRate' | 'correctnessBefore' | 'correctness';

/** Of each rate what its number of responses leaves open, clients and prompts as they are; null where there is none. */
export type RateIntervals = Readonly<Record<Rate, Interval | null>>;

/**
 * Figures of held-out prompts, from client rows of task `score`; `…Before` from the first of each client
 * (round 0), the others from the last.
 */
export interface AlignmentSummary extends RoundsSummary {
  /**
   * Personalised reward: weighted standardised scores, mean over clients; start and end.
   */
  readonly rewardBefore: number | null;
  readonly reward: number | null;
  /**
   * Minus the objective that PPO maximises (personalised reward less the KL penalty), on held-out prompts.
   */
  readonly heldOutLossBefore: number | null;
  readonly heldOutLoss: number | null;
  /** Share of sensitive requests that are refused, mean over clients; null for real data. */
  readonly refusalRateBefore: number | null;
  readonly refusalRate: number | null;
  /** Share of benign requests that are answered rightly, mean over clients; null for real data. */
  readonly correctnessBefore: number | null;
  readonly correctness: number | null;
  /** Wilson's 95 % intervals, over the responses of all clients; null in records of an earlier version. */
  readonly intervals: RateIntervals | null;
  /** Estimates k1 and k3 of the divergence from the policy before alignment, nats per response. */
  readonly klK1: number | null;
  readonly klK3: number | null;
  /** Different bigrams of tokens over all of a client's responses, mean over clients. */
  readonly distinct2Before: number | null;
  readonly distinct2: number | null;
  /** What went wrong, in the order of the rounds; empty where nothing did. */
  readonly collapse: readonly Collapse[];
  /**
   * The reward without the phrases of `phrases`, which are taken out of the responses before they are scored.
   * Null where that was not checked, here and below: nobody was measured at both ends.
   */
  readonly rewardStrippedBefore: number | null;
  readonly rewardStripped: number | null;
  readonly phrases: PhraseSummary | null;
  readonly clients: readonly AlignedClient[];
}

/**
 * What phrases that became more frequent have to do with the gain in reward, from rows of type `phrases`; means
 * over the clients. Shares are null where the gain is not above three of its standard errors: a part of what may
 * be nothing is no figure.
 */
export interface PhraseSummary {
  readonly gain: number;
  /** By the spread over held-out prompts; null where a client has one alone. */
  readonly gainError: number | null;
  /** Share of the gain that all of the phrases explain: 1 less the gain without them over the gain. */
  readonly share: number | null;
  /** Most of the gain first. */
  readonly found: readonly FoundPhrase[];
}

export interface FoundPhrase {
  /** Its words; null where responses are not to be shown. */
  readonly phrase: string | null;
  /** Whether it rose whatever was asked, and not on sensitive requests alone, as a refusal does. */
  readonly stock: boolean;
  /** Shares of the responses that have it. */
  readonly frequencyBefore: number;
  readonly frequency: number;
  /** Share of the gain that it explains by itself. They need not sum up to the share of all. */
  readonly share: number | null;
}

/** What alignment made of one client; the means are over its held-out prompts. */
export interface AlignedClient {
  readonly id: string;
  readonly weightHelpful: number;
  readonly weightHarmless: number;
  /** Scores standardised on responses to training prompts before alignment, missing ends penalised. */
  readonly helpfulBefore: number | null;
  readonly helpful: number | null;
  readonly harmlessBefore: number | null;
  readonly harmless: number | null;
  /** Share of sensitive requests that were refused; null where there are none, and for real data. */
  readonly refusalRateBefore: number | null;
  readonly refusalRate: number | null;
  /** Share of benign requests that were answered right; null where there are none, and for real data. */
  readonly correctnessBefore: number | null;
  readonly correctness: number | null;
  /** The same of its own responses. */
  readonly intervals: RateIntervals | null;
  /** Estimate k1 of the divergence from the policy before alignment, nats per response. */
  readonly klK1Before: number | null;
  readonly klK1: number | null;
  readonly distinct2Before: number | null;
  readonly distinct2: number | null;
  /** Tokens of a response, end-of-text included. */
  readonly lengthBefore: number | null;
  readonly length: number | null;
}

/** How alignment goes wrong; docs/records.md and src/records/collapse.ts say when which one is found. */
export type CollapseKind = 'kl-runaway' | 'entropy-collapse' | 'length-hacking' | 'phrase-hacking';

/** A limit of the scenario's `alignment.collapse` that was passed. */
export interface Collapse {
  readonly kind: CollapseKind;
  /** Whose; null for the mean over the clients. */
  readonly client: string | null;
  /** The first round of alignment beyond the limit, and the last. */
  readonly since: number;
  readonly round: number;
  /**
   * In round `round`: divergence in nats, entropy as a share of that at the start, length as a multiple of
   * that at the start, share of the gain in reward.
   */
  readonly value: number;
  /** The limit, in the same unit. */
  readonly threshold: number;
}
