/**
 * Where an update, or the part of it that arrived, ended: in the aggregate of round `aggregatedIn` of its stage, or in none, for the reason of
 * `leftOut`. Both null for a message that carries none.
 */
export interface UpdateFate {
  readonly aggregatedIn: number | null;
  readonly leftOut: LeftOut | null;
  /** What is wrong with it, in words; of a rejected update alone. */
  readonly why?: string;
}

/** What has to be right of an update (`src/actors/admission`). */
export const checkNames = ['client', 'order', 'tensors', 'type', 'finite', 'norm'] as const;
export type CheckName = (typeof checkNames)[number];

/**
 * Why an update is in no aggregate: it came after its round was closed; a newer one of its client took its
 * place; the discipline did not admit it though it was in time; its link gave it up; it was a second copy; too
 * few of its kind had come; its stage, or the run, was over first; or the server's check of that name rejected it.
 */
export type LeftOut =
  | 'late'
  | 'superseded'
  | 'refused'
  | 'given-up'
  | 'duplicate'
  | 'below-quorum'
  | 'stage-over'
  | 'run-ended'
  | Rejected;

export type Rejected = `rejected: ${CheckName}`;

export const isRejected = (leftOut: LeftOut | null): leftOut is Rejected =>
  leftOut?.startsWith('rejected: ') ?? false;
