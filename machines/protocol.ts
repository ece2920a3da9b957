/** The paper's three stages, in their order: Steps 1.1–1.5, 2.1–2.5 and 3.1–3.5. */
export const stages = ['instruction', 'reward', 'alignment'] as const;
export type Stage = (typeof stages)[number];

/** The parts of a model that judge responses. */
export const rewardParts = ['helpful', 'harmless'] as const;
export type RewardPart = (typeof rewardParts)[number];
/** The parts that every model has. What clients tune of it comes in parts that its method names, as "adapters". */
export type FixedPart = 'base' | RewardPart;

interface KindOfMessage {
  /** down: from the server to a client; up: from a client to the server. */
  readonly direction: 'down' | 'up';
  readonly step: string;
  readonly stage: Stage;
  /**
   * The parts that it is there to carry. 'model': the base and what the server has made to be tuned; 'shared': what
   * the method shares of that. A download brings its recipient whatever else of the global model it lacks as well; a
   * request carries nothing.
   */
  readonly carries: 'model' | 'shared' | readonly RewardPart[];
}

/**
 * Every kind of message of a run. In stage 2 each reward model is a message of its own; the two of a step
 * follow each other in this order.
 */
export const protocol = {
  model: { direction: 'down', step: '1.1', stage: 'instruction', carries: 'model' },
  update: { direction: 'up', step: '1.3', stage: 'instruction', carries: 'shared' },
  global: { direction: 'down', step: '1.4', stage: 'instruction', carries: 'shared' },
  'update-request': { direction: 'down', step: '1.4', stage: 'instruction', carries: [] },
  'helpful-model': { direction: 'down', step: '2.1', stage: 'reward', carries: ['helpful'] },
  'harmless-model': { direction: 'down', step: '2.1', stage: 'reward', carries: ['harmless'] },
  'helpful-update': { direction: 'up', step: '2.3', stage: 'reward', carries: ['helpful'] },
  'harmless-update': { direction: 'up', step: '2.3', stage: 'reward', carries: ['harmless'] },
  'helpful-global': { direction: 'down', step: '2.4', stage: 'reward', carries: ['helpful'] },
  'harmless-global': { direction: 'down', step: '2.4', stage: 'reward', carries: ['harmless'] },
  'reward-request': { direction: 'down', step: '2.4', stage: 'reward', carries: [] },
  'alignment-update': { direction: 'up', step: '3.3', stage: 'alignment', carries: 'shared' },
  'alignment-global': { direction: 'down', step: '3.4', stage: 'alignment', carries: 'shared' },
  'alignment-request': { direction: 'down', step: '3.4', stage: 'alignment', carries: [] },
} as const satisfies Readonly<Record<string, KindOfMessage>>;

export type MessageKind = keyof typeof protocol;
type Of<Direction> = {
  [K in MessageKind]: (typeof protocol)[K]['direction'] extends Direction ? K : never;
}[MessageKind];
/** What asks a client to hand in what it has. */
export type RequestKind = {
  [K in MessageKind]: (typeof protocol)[K]['carries'] extends readonly [] ? K : never;
}[MessageKind];
export type DownloadKind = Exclude<Of<'down'>, RequestKind>;
export type UploadKind = Of<'up'>;
/** The steps in which messages are sent. */
export type MessageStep = (typeof protocol)[MessageKind]['step'];

export const messageKinds = Object.keys(protocol) as readonly MessageKind[];
const isRequest = (kind: MessageKind): kind is RequestKind => protocol[kind].carries.length === 0;
const isUpdate = (kind: MessageKind): kind is UploadKind => protocol[kind].direction === 'up';
const isDownload = (kind: MessageKind): kind is DownloadKind => !isUpdate(kind) && !isRequest(kind);
const updates = messageKinds.filter(isUpdate);
const downloads = messageKinds.filter(isDownload);

/** Whether a method of these reward models has such a message: the models of others are never sent. */
export function isSentWith(rewards: readonly RewardPart[], kind: MessageKind): boolean {
  const { carries } = protocol[kind];
  if (typeof carries === 'string') return true;
  return (carries as readonly RewardPart[]).every((part) => rewards.includes(part));
}

/** The models that the server sends in a step, in the order of sending, where a method has these reward models. */
export function downloadsOf(step: MessageStep, rewards: readonly RewardPart[]): readonly DownloadKind[] {
  return downloads.filter((kind) => protocol[kind].step === step && isSentWith(rewards, kind));
}

/** What a client answers an order of a stage with, where a method has these reward models. */
export function updatesOf(stage: Stage, rewards: readonly RewardPart[]): readonly UploadKind[] {
  return updates.filter((kind) => protocol[kind].stage === stage && isSentWith(rewards, kind));
}

/** What asks for the answer to an order of a stage at once. */
export function requestOf(stage: Stage): RequestKind {
  return messageKinds.filter(isRequest).find((kind) => protocol[kind].stage === stage)!;
}

/** Whether a message opens its stage (Steps 1.1 and 2.1). */
export function opensStage(kind: MessageKind): boolean {
  return protocol[kind].step.endsWith('.1');
}

/** Whether a run of these stages has reward models: it trains them, or aligns by them. */
export function hasRewardModels(run: readonly Stage[]): boolean {
  return run.some((stage) => stage !== 'instruction');
}

/** The stage that follows in a run of these stages; null after the last. */
export function stageAfter(stage: Stage, run: readonly Stage[]): Stage | null {
  return run[run.indexOf(stage) + 1] ?? null;
}
