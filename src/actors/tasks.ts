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
import { methodFor, patienceLeft } from './patience.js';
import { instructHyper } from './instruct-hyper.js';
import { momentsGiven, momentsKept } from './moments.js';
import { roundOf } from './rounds.js';
import { termsGiven, termsLeft } from './terms.js';
import { mapValues } from '../map-values.js';
import { withoutChanges } from '../learning/model/changes.js';
import type { TunedSets } from '../learning/model/slots.js';
import { changesIn, momentAt, partsOf } from '../strategies/methods/parts.js';
import type { TuningStage } from '../strategies/methods/method.js';
import { loadAt, type Load } from '../strategies/methods/work.js';
import { clientOf, type World } from './world.js';

type AlignMetrics = TaskResult<'align'>['metrics'];

/** What a client has of what its method tunes, by part, and the changes of the base that it has added. */
export function tunedRefs({ method }: World, model: Model): Frozen['reference'] {
  const names = [...partsOf(method).map(({ name }) => name), ...changesIn(model)];
  const held = names.flatMap((name) => {
    const ref = model[name];
    return ref ? [[name, ref] as const] : [];
  });
  return Object.fromEntries(held);
}

export function tunedSets(world: World, refs: Frozen['reference']): TunedSets {
  return mapValues(refs, (ref) => world.store.get(ref));
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

function storedSets(world: World, sets: TunedSets): Frozen['reference'] {
  return mapValues(sets, (set) => stored(world, set));
}

function storedEach(world: World, sets: PerObjective<ParamSet>): PerObjective<ParamRef> {
  return perObjective((objective) => stored(world, sets[objective]));
}

/** What a client's order comes to, with as many LoRA modules as Step 1.2 gave it. */
function loadOf(world: World, context: ClientContext, stage: TuningStage): Load {
  const parametersOf = (part: string) => context.model[part]?.parameters ?? 0;
  const moment = momentAt(world.scenario, stage, roundOf(context));
  return loadAt(methodFor(world, context, stage), moment, parametersOf);
}

const seedOf = (world: World, ...key: readonly (string | number)[]) =>
  [world.scenario.seed, ...key].join('/');

/** Step 1.3. */
export async function instructTask(
  world: World,
  context: ClientContext,
  dropped: AbortSignal,
): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const kept = momentsGiven(world, context, 'instruction');
  const terms = termsGiven(world, context, 'instruction');
  const load = loadOf(world, context, 'instruction');
  const { output, metrics } = await trainOnDevice<'instruct'>(
    world,
    context,
    {
      actor: context.id,
      stage: 'instruction',
      round: roundOf(context),
      flops:
        load.passes * instructFlops(scenario, shape, load.trained, tables) +
        codecFlops(world, 'instruction', roundOf(context), context.model),
      request: {
        kind: 'instruct',
        seed: seedOf(world, context.id, 'instruct', ...workKey(context)),
        hyper: { ...instructHyper(scenario.instruction), ...kept.hyper, ...terms.hyper },
        params: {
          base: required(world, context.model.base, 'the base model'),
          tuned: tunedSets(world, tunedRefs(world, context.model)),
          ...kept.params,
          ...terms.params,
        },
        data: { train: tables.train, validation: tables.validation },
      },
      countedIn: 'localSteps',
    },
    dropped,
  );
  return {
    model: { ...context.model, ...storedSets(world, withoutChanges(output.tuned)) },
    frozen: context.frozen,
    moments: momentsKept(world, 'instruction', output.optimizers),
    learned: {
      ...termsLeft(world, 'instruction', output.state),
      ...patienceLeft(world, context, metrics.validationLoss),
    },
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
        codecFlops(world, 'reward', roundOf(context), context.model),
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
    learned: {},
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
  const { helpful, harmless } = context.model;
  const reference = tunedRefs(world, context.model);
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
        params: { ...rewardParams(world, context.model), tuned: tunedSets(world, reference) },
        data: { prompts: tables.prompts, sensitivePrompts: tables.sensitivePrompts },
      },
    },
    dropped,
  );
  return {
    reference,
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
  const terms = termsGiven(world, context, 'alignment');
  const load = loadOf(world, context, 'alignment');
  const { output, metrics } = await trainOnDevice<'align'>(
    world,
    context,
    {
      actor: context.id,
      stage: 'alignment',
      round,
      flops:
        load.passes *
          alignFlops({
            ...{ scenario, shape, tables },
            trained: load.trained,
            weights: trainingWeights,
            rewards: world.method.rewards,
          }) +
        codecFlops(world, 'alignment', round, context.model),
      request: {
        kind: 'align',
        seed: seedOf(world, context.id, 'align', ...workKey(context)),
        hyper: { ...alignHyper(world, context.id, frozen), ...kept.hyper, ...terms.hyper },
        params: { ...alignParams(world, context, frozen), ...kept.params, ...terms.params },
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
    model: { ...context.model, ...storedSets(world, withoutChanges(output.tuned)) },
    frozen: {
      ...frozen,
      critics: storedEach(world, output.critics),
      klCoefficient: klCoefficientAfter(scenario.alignment, frozen.klCoefficient, metrics),
    },
    moments: momentsKept(world, 'alignment', output.optimizers),
    learned: termsLeft(world, 'alignment', output.state),
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
    tuned: tunedSets(world, tunedRefs(world, model)),
    reference: tunedSets(world, frozen.reference),
    critics: perObjective((objective) => world.store.get(frozen.critics[objective])),
  };
}
