/** How a run or a worker finds its queue. */
export interface QueueSettings {
  /** redis://…, rediss://… or postgres://… */
  readonly queue: string;
  /** Where tensors stand: a folder that all machines share, or redis://… Absent: the queue's own Redis. */
  readonly blobs?: string;
}
