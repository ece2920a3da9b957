import { opensStage, type Stage } from '../../machines/protocol.js';
import type { MessagePayload, Payload } from '../radio/payload/payload.js';

/** What one client's messages of a stage are, in the order in which they go. */
export interface StageMessages {
  /** Downloads that open the stage, in round 1. */
  readonly opening: readonly MessagePayload[];
  readonly uploads: readonly MessagePayload[];
  /** Downloads of the global model that the round before made. */
  readonly answers: readonly MessagePayload[];
}

export function stageMessages({ messages }: Pick<Payload, 'messages'>, stage: Stage): StageMessages {
  const own = messages.filter((message) => message.stage === stage);
  return {
    opening: own.filter(({ kind }) => opensStage(kind)),
    uploads: own.filter(({ direction }) => direction === 'uplink'),
    answers: own.filter(({ kind, direction }) => direction === 'downlink' && !opensStage(kind)),
  };
}

/**
 * A client's messages of one round, counted as src/records/round-costs.ts counts them: the download that a round begins
 * with and the upload that ends it. The answer to the last round is in none, nor in a first round what a stage before sent.
 */
export function messagesOfRound(
  { opening, uploads, answers }: StageMessages,
  round: number,
): readonly MessagePayload[] {
  const isOf = (number: number) => (message: MessagePayload) => message.rounds?.includes(number) ?? false;
  return [...(round === 1 ? opening : answers.filter(isOf(round - 1))), ...uploads.filter(isOf(round))];
}
