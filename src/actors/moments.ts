import type { ClientContext } from '../../machines/client.js';
import { objectives } from '../learning/objective.js';
import { recalled, remembered, type Memory } from '../learning/params/memory.js';
import type { KeptOptimizers } from '../learning/training/optimizers.js';
import type { Method, TuningStage } from '../strategies/methods/method.js';
import { sharedInStage, trainedParts } from '../strategies/methods/parts.js';
import type { World } from './world.js';

type Kept = (method: Method, stage: TuningStage) => readonly string[];

/** Whose moments go on within a stage, by `optimizerState`; a critic is as private as a part that does not travel in it. */
const kept: Readonly<Record<World['scenario'][TuningStage]['optimizerState'], Kept>> = {
  reset: () => [],
  'keep-private': (method, stage) => {
    const shared = sharedInStage(method, stage);
    return [...trainedParts(method).filter((part) => !shared.includes(part)), ...critics];
  },
  keep: (method) => [...trainedParts(method), ...critics],
};

const critics = objectives.map((objective) => `critic-${objective}`);

interface Given {
  readonly hyper: { readonly optimizers?: KeptOptimizers };
  readonly params: { readonly moments?: Memory['sets'] };
}

/** What a task is given of its client's moments: nothing where none are kept. A stage begins without any. */
export function momentsGiven(
  { scenario, method, store }: World,
  { moments }: Pick<ClientContext, 'moments'>,
  stage: TuningStage,
): Given {
  const parts = kept[scenario[stage].optimizerState](method, stage);
  if (parts.length === 0) return { hyper: {}, params: {} };
  const { sets, notes } = recalled(store, moments?.stage === stage ? moments.memory : undefined);
  return { hyper: { optimizers: { parts, notes } }, params: { moments: sets } };
}

/** What its client keeps of a task's moments. */
export function momentsKept(
  { store }: World,
  stage: TuningStage,
  moments: Memory | undefined,
): ClientContext['moments'] {
  return moments ? { stage, memory: remembered(store, moments) } : null;
}
