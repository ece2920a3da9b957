import type { ClientContext, Frozen, Trained } from '../../machines/client.js';
import type { Model } from '../../machines/events.js';
import { alignFlops, freezeFlops, instructFlops, rewardFlops } from '../learning/clients/workload.js';
import { perObjective, type PerObjective } from '../learning/objective.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { derived, sumOfFigures, type Figure } from '../learning/training/figure.js';
import { nextKlCoefficient } from '../learning/training/ppo/adaptive-kl.js';
import type {
  AlignHyper,
  AlignParams,
  FreezeHyper,
  RewardParams,
  TaskResult,
} from '../learning/training/task.js';
import { codecFlops } from './codec-flops.js';
import { trainOnDevice, workKey } from './device-work.js';
import { momentsGiven, momentsKept } from './moments.js';
import { clientOf, type World } from './world.js';

type AlignMetrics = TaskResult<'align'>['metrics'];

/** What a client tunes, null where its method has no such part. */
export function tunedParts(
  { store }: World,
  { adapters, lora }: Frozen['reference'],
): AlignParams['reference'] {
  return { adapters: adapters && store.get(adapters), lora: lora && store.get(lora) };
}

/** Both reward models and what they read, from Step 2.1 on. */
export function rewardParams(world: World, model: Model): RewardParams {
  const backbone = world.pretrained?.backbone;
  return {
    base: required(world, model.base, 'the base model'),
    ...(backbone ? { backbone } : {}),
    rewardModels: perObjective((objective) =>
      required(world, model[objective], `the reward model of ${objective}ness`),
    ),
  };
}

export function required(world: World, ref: ParamRef | null, what: string): ParamSet {
  if (ref === null) throw new Error(`a task needs ${what}, which the client does not have yet`);
  return world.store.get(ref);
}

/** Keeps what a task gave, and tells of it. */
function stored({ events, store }: World, set: ParamSet): ParamRef {
  events.tell({ type: 'params', set });
  return store.put(set);
}

function storedParts(world: World, { adapters, lora }: AlignParams['reference']): Frozen['reference'] {
  return { adapters: adapters && stored(world, adapters), lora: lora && stored(world, lora) };
}

function storedEach(world: World, sets: PerObjective<ParamSet>): PerObjective<ParamRef> {
  return perObjective((objective) => stored(world, sets[objective]));
}

/** Numbers of the client's adapters and of as many LoRA modules as Step 1.2 gave it. */
function trainedParameters({ adapters, lora }: Model): number {
  return (adapters?.parameters ?? 0) + (lora?.parameters ?? 0);
}

const seedOf = (world: World, ...key: readonly (string | number)[]) =>
  [world.scenario.seed, ...key].join('/');

/** The round that a client is in: the one it works on, else the one that its last download closed. */
export function roundOf({ current }: ClientContext): number {
  return current?.order ? current.order.version + 1 : (current?.version ?? 0);
}

/** Step 1.3. */
export async function instructTask(
  world: World,
  context: ClientContext,
  dropped: AbortSignal,
): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const { maxRounds, deadlineSeconds, convergence, targetAccuracy, optimizerState, ...hyper } =
    scenario.instruction;
  const kept = momentsGiven(world, context, 'instruction');
  const { output, metrics } = await trainOnDevice<'instruct'>(
    world,
    context,
    {
      actor: context.id,
      stage: 'instruction',
      round: roundOf(context),
      flops:
        instructFlops(scenario, shape, trainedParameters(context.model), tables) +
        codecFlops(world, 'instruction', context.model),
      request: {
        kind: 'instruct',
        seed: seedOf(world, context.id, 'instruct', ...workKey(context)),
        hyper: { ...hyper, ...kept.hyper },
        params: {
          base: required(world, context.model.base, 'the base model'),
          ...tunedParts(world, context.model),
          ...kept.params,
        },
        data: { train: tables.train, validation: tables.validation },
      },
      countedIn: 'localSteps',
    },
    dropped,
  );
  return {
    model: { ...context.model, ...storedParts(world, output) },
    frozen: context.frozen,
    moments: momentsKept(world, 'instruction', output.optimizers),
    loss: metrics.validationLoss,
  };
}

/** Step 2.3. */
export async function rewardTask(
  world: World,
  context: ClientContext,
  dropped: AbortSignal,
): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const { localSteps, batchSize, learningRate, weightDecay, centerCoefficient } = scenario.reward;
  const { output, metrics } = await trainOnDevice<'reward'>(
    world,
    context,
    {
      actor: context.id,
      stage: 'reward',
      round: roundOf(context),
      flops:
        rewardFlops(scenario, shape, tables, world.method.rewards) +
        codecFlops(world, 'reward', context.model),
      request: {
        kind: 'reward',
        seed: seedOf(world, context.id, 'reward', ...workKey(context)),
        hyper: { localSteps, batchSize, learningRate, weightDecay, centerCoefficient },
        params: rewardParams(world, context.model),
        data: perObjective((objective) => {
          const { train, validation } = tables.pairs[objective];
          return { train, validation };
        }),
      },
      countedIn: 'localSteps',
    },
    dropped,
  );
  return {
    model: { ...context.model, ...storedEach(world, output.rewardModels) },
    frozen: context.frozen,
    moments: null,
    loss: sumOfFigures(world.method.rewards.map((objective) => metrics[objective].validationLoss)),
  };
}

/** Step 3.1. */
export async function freezeTask(
  world: World,
  context: ClientContext,
  dropped: AbortSignal,
): Promise<Frozen> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const { promptsPerRound, klCoefficient } = scenario.alignment;
  const { adapters, lora, helpful, harmless } = context.model;
  if (helpful === null || harmless === null) throw new Error(`${context.id} has no reward models to freeze`);
  const prompts = 2 * promptsPerRound;
  const { output } = await trainOnDevice<'freeze'>(
    world,
    context,
    {
      actor: context.id,
      stage: 'alignment',
      round: 0,
      flops: freezeFlops(scenario, shape, world.method.rewards, tables.prompts, prompts),
      request: {
        kind: 'freeze',
        seed: seedOf(world, context.id, 'freeze'),
        hyper: freezeHyper(scenario.alignment, prompts),
        params: { ...rewardParams(world, context.model), ...tunedParts(world, context.model) },
        data: { prompts: tables.prompts, sensitivePrompts: tables.sensitivePrompts },
      },
    },
    dropped,
  );
  return {
    reference: { adapters, lora },
    rewardModels: { helpful, harmless },
    scale: output.scale,
    critics: storedEach(world, output.critics),
    klCoefficient,
  };
}

function freezeHyper(alignment: World['scenario']['alignment'], prompts: number): FreezeHyper {
  const { sensitiveShare, maxNewTokens, temperature, missingEosPenalty } = alignment;
  const { criticWarmupSteps, criticLearningRate, minibatchSize, maxGradientNorm } = alignment;
  const { klCoefficient, discount, whitenRewards } = alignment;
  return {
    ...{ prompts, sensitiveShare, maxNewTokens, temperature, missingEosPenalty },
    ...{ criticWarmupSteps, criticLearningRate, minibatchSize, maxGradientNorm },
    ...{ klCoefficient, discount, whitenRewards },
  };
}

/** Steps 3.2 and 3.3. */
export async function alignTask(
  world: World,
  context: ClientContext,
  dropped: AbortSignal,
): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables, trainingWeights } = clientOf(world, context.id);
  const round = roundOf(context);
  const frozen = frozenOf(context);
  const kept = momentsGiven(world, context, 'alignment');
  const { output, metrics } = await trainOnDevice<'align'>(
    world,
    context,
    {
      actor: context.id,
      stage: 'alignment',
      round,
      flops:
        alignFlops({
          scenario,
          shape,
          trained: trainedParameters(context.model),
          tables,
          weights: trainingWeights,
          rewards: world.method.rewards,
        }) + codecFlops(world, 'alignment', context.model),
      request: {
        kind: 'align',
        seed: seedOf(world, context.id, 'align', ...workKey(context)),
        hyper: { ...alignHyper(world, context.id, frozen), ...kept.hyper },
        params: { ...alignParams(world, context, frozen), ...kept.params },
        data: {
          prompts: tables.prompts,
          sensitivePrompts: tables.sensitivePrompts,
          instructions: tables.benign,
          pairs: tables.policyPairs,
        },
      },
      countedIn: 'ppoEpochs',
    },
    dropped,
  );
  return {
    model: { ...context.model, ...storedParts(world, output) },
    frozen: {
      ...frozen,
      critics: storedEach(world, output.critics),
      klCoefficient: klCoefficientAfter(scenario.alignment, frozen.klCoefficient, metrics),
    },
    moments: momentsKept(world, 'alignment', output.optimizers),
    loss: alignmentLoss(metrics),
  };
}

/** An algorithm that samples nothing has no reward to report, but a loss of its own. */
function alignmentLoss({ loss, 'objective/rlhf_reward': reward = null }: AlignMetrics): Figure {
  return loss !== undefined ? loss : derived([reward], (reward) => -reward);
}

export function frozenOf(context: ClientContext): Frozen {
  if (context.frozen === null) throw new Error(`${context.id} aligns before it froze its reward models`);
  return context.frozen;
}

function alignHyper({ scenario, clients }: World, id: string, frozen: Frozen): AlignHyper {
  const { scale, klCoefficient } = frozen;
  const { maxRounds, deadlineSeconds, convergence, collapse, criticWarmupSteps, optimizerState, ...hyper } =
    scenario.alignment;
  return { ...hyper, klCoefficient, weights: clients.get(id)!.trainingWeights, scale };
}

/**
 * A client's KL coefficient after a round: where the scenario lets it adapt, by the divergence that its own
 * responses showed. It stays where none were sampled.
 */
function klCoefficientAfter(
  { klControl, klTarget, klHorizon }: World['scenario']['alignment'],
  coefficient: number,
  metrics: AlignMetrics,
): number {
  const { 'objective/kl': observed = null, 'val/num_responses': responses } = metrics;
  if (klControl === 'fixed' || observed === null) return coefficient;
  return nextKlCoefficient({ coefficient, target: klTarget, horizon: klHorizon }, observed, responses ?? 0);
}

export function alignParams(world: World, { model }: ClientContext, frozen: Frozen): AlignParams {
  return {
    ...rewardParams(world, { ...model, ...frozen.rewardModels }),
    ...tunedParts(world, model),
    reference: tunedParts(world, frozen.reference),
    critics: perObjective((objective) => world.store.get(frozen.critics[objective])),
  };
}
