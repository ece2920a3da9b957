import type { ClientContext, Frozen, Trained } from '../../machines/client.js';
import { keyOf, type Model } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import { messageOf } from '../errors.js';
import { secondsFor } from '../learning/clients/device.js';
import { alignFlops, freezeFlops, instructFlops, rewardFlops } from '../learning/clients/workload.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { nextKlCoefficient } from '../learning/training/ppo/adaptive-kl.js';
import { taskRequest } from '../learning/training/request.js';
import type {
  AlignHyper,
  AlignParams,
  TaskKind,
  TaskRequest,
  TaskResult,
} from '../learning/training/task.js';
import { clientOf, type World } from './world.js';

/** A task on its way: what to run, for whom, and in how many virtual seconds. */
export interface Job<K extends TaskKind> {
  readonly actor: string;
  readonly stage: Stage;
  readonly round: number;
  readonly seconds: number;
  readonly request: Omit<TaskRequest<K>, 'key' | 'model'>;
}

/** A client's task, whose seconds follow from what it computes. */
export type DeviceJob<K extends TaskKind> = Omit<Job<K>, 'seconds'> & { readonly flops: number };

/** Hands a task to the executor now and delivers its result when so many seconds have passed (decision D2). */
export function runTask<K extends TaskKind>(
  { clock, events, executor, shape }: World,
  { actor, stage, round, seconds, ...job }: Job<K>,
): Promise<TaskResult<K>> {
  const request = taskRequest<K>({ ...job.request, model: shape });
  const { kind: task, key } = request;
  const event = () => ({ actor, stage, round, task, key, virtualSeconds: clock.nowSeconds });
  events.tell({ type: 'task-started', ...event() });
  const work = executor.run<K>(request);
  return new Promise((resolve, reject) => {
    clock.settleAfter(seconds, work, (outcome) => {
      const error = 'error' in outcome ? messageOf(outcome.error) : null;
      events.tell({ type: 'task-finished', ...event(), error });
      if ('value' in outcome) resolve(outcome.value);
      else reject(new Error(`${actor}: task ${task} failed`, { cause: outcome.error }));
    });
  });
}

/** Runs a client's task in the time that its device takes. */
export function runOnDevice<K extends TaskKind>(
  world: World,
  { flops, ...job }: DeviceJob<K>,
): Promise<TaskResult<K>> {
  return runTask<K>(world, { ...job, seconds: secondsFor(flops, clientOf(world, job.actor).device) });
}

/** Writes a task's figures; a NaN means "nothing to measure on" and becomes null. */
export function recordFigures(
  world: World,
  { actor, stage, round, request }: Omit<Job<TaskKind>, 'seconds'>,
  metrics: Readonly<Record<string, number>>,
): void {
  world.record({
    type: 'client',
    stage,
    round,
    actor,
    virtualSeconds: world.clock.nowSeconds,
    task: request.kind,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, Number.isNaN(value) ? null : value]),
    ),
  });
}

async function trainOnDevice<K extends TaskKind>(world: World, job: DeviceJob<K>): Promise<TaskResult<K>> {
  const result = await runOnDevice(world, job);
  recordFigures(world, job, result.metrics);
  return result;
}

export function loaded(world: World, ref: ParamRef | null): ParamSet | null {
  return ref && world.store.get(ref);
}

export function required(world: World, ref: ParamRef | null, what: string): ParamSet {
  if (ref === null) throw new Error(`a task needs ${what}, which the client does not have yet`);
  return world.store.get(ref);
}

/** What a task needs besides reward models that are heads of one pre-trained network. */
export function frozenBackbone({ pretrained }: World): { readonly backbone?: ParamSet } {
  return pretrained?.backbone ? { backbone: pretrained.backbone } : {};
}

export function kept(world: World, set: ParamSet | null): ParamRef | null {
  if (set === null) return null;
  world.events.tell({ type: 'params', set });
  return world.store.put(set);
}

/** A loss as the client's update carries it; a NaN means "nothing to measure on". */
function reported(loss: number): number | null {
  return Number.isNaN(loss) ? null : loss;
}

/** Numbers of the client's adapters and of as many LoRA modules as Step 1.2 gave it. */
function trainedParameters({ adapters, lora }: Model): number {
  return (adapters?.parameters ?? 0) + (lora?.parameters ?? 0);
}

const seedOf = (world: World, ...key: readonly (string | number)[]) =>
  [world.scenario.seed, ...key].join('/');

/** What keys the draws of the work that a client does: see `keyOf` of an order. */
function workKey({ id, current }: ClientContext): readonly number[] {
  if (!current?.order) throw new Error(`${id} works on something that no download asked for`);
  return keyOf(current.order);
}

/** The round that a client is in: the one it works on, else the one that its last download closed. */
export function roundOf({ current }: ClientContext): number {
  return current?.order ? current.order.version + 1 : (current?.version ?? 0);
}

/** Step 1.3. */
export async function instructTask(world: World, context: ClientContext): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const round = roundOf(context);
  const { localSteps, batchSize, learningRate, loraLearningRateScale, maxGradientNorm } =
    scenario.instruction;
  const { output, metrics } = await trainOnDevice<'instruct'>(world, {
    actor: context.id,
    stage: 'instruction',
    round,
    flops: instructFlops(scenario, shape, trainedParameters(context.model), tables),
    request: {
      kind: 'instruct',
      seed: seedOf(world, context.id, 'instruct', ...workKey(context)),
      hyper: {
        localSteps,
        batchSize,
        learningRate,
        loraLearningRateScale,
        maxGradientNorm,
      },
      params: {
        base: required(world, context.model.base, 'the base model'),
        adapters: loaded(world, context.model.adapters),
        lora: loaded(world, context.model.lora),
      },
      data: { train: tables.train, validation: tables.validation },
    },
  });
  return {
    model: {
      ...context.model,
      adapters: kept(world, output.adapters),
      lora: kept(world, output.lora),
    },
    frozen: context.frozen,
    loss: reported(metrics.validationLoss),
  };
}

/** Step 2.3. */
export async function rewardTask(world: World, context: ClientContext): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const round = roundOf(context);
  const { localSteps, batchSize, learningRate, weightDecay, centerCoefficient } = scenario.reward;
  const { helpfulTrain, helpfulTest, harmlessTrain, harmlessTest } = tables;
  const { output, metrics } = await trainOnDevice<'reward'>(world, {
    actor: context.id,
    stage: 'reward',
    round,
    flops: rewardFlops(scenario, shape, tables),
    request: {
      kind: 'reward',
      seed: seedOf(world, context.id, 'reward', ...workKey(context)),
      hyper: { localSteps, batchSize, learningRate, weightDecay, centerCoefficient },
      params: {
        base: required(world, context.model.base, 'the base model'),
        ...frozenBackbone(world),
        helpful: required(world, context.model.helpful, 'the reward model of helpfulness'),
        harmless: required(world, context.model.harmless, 'the reward model of harmlessness'),
      },
      data: { helpfulTrain, helpfulTest, harmlessTrain, harmlessTest },
    },
  });
  return {
    model: {
      ...context.model,
      helpful: kept(world, output.helpful),
      harmless: kept(world, output.harmless),
    },
    frozen: context.frozen,
    loss: reported(metrics.helpfulTestLoss + metrics.harmlessTestLoss),
  };
}

/** Step 3.1. */
export async function freezeTask(world: World, context: ClientContext): Promise<Frozen> {
  const { scenario, shape } = world;
  const { tables } = clientOf(world, context.id);
  const { promptsPerRound, maxNewTokens, temperature, sensitiveShare, klCoefficient, criticWarmupSteps } =
    scenario.alignment;
  const { base, adapters, lora, helpful, harmless } = context.model;
  if (helpful === null || harmless === null) throw new Error(`${context.id} has no reward models to freeze`);
  const prompts = 2 * promptsPerRound;
  const { output, metrics } = await trainOnDevice<'freeze'>(world, {
    actor: context.id,
    stage: 'alignment',
    round: 0,
    flops: freezeFlops(scenario, shape, tables.prompts, prompts),
    request: {
      kind: 'freeze',
      seed: seedOf(world, context.id, 'freeze'),
      hyper: { prompts, maxNewTokens, temperature, sensitiveShare },
      params: {
        base: required(world, base, 'the base model'),
        ...frozenBackbone(world),
        adapters: loaded(world, adapters),
        lora: loaded(world, lora),
        helpful: world.store.get(helpful),
        harmless: world.store.get(harmless),
      },
      data: { prompts: tables.prompts, sensitivePrompts: tables.sensitivePrompts },
    },
  });
  return {
    adapters,
    lora,
    helpful,
    harmless,
    scale: metrics,
    helpfulCritic: kept(world, output.helpfulCritic)!,
    harmlessCritic: kept(world, output.harmlessCritic)!,
    klCoefficient,
    criticWarmupSteps,
  };
}

/** Steps 3.2 and 3.3. */
export async function alignTask(world: World, context: ClientContext): Promise<Trained> {
  const { scenario, shape } = world;
  const { tables, trained } = clientOf(world, context.id);
  const round = roundOf(context);
  const frozen = frozenOf(context);
  const { output, metrics } = await trainOnDevice<'align'>(world, {
    actor: context.id,
    stage: 'alignment',
    round,
    flops: alignFlops({
      scenario,
      shape,
      trained: trainedParameters(context.model),
      tables,
      weights: trained,
      criticWarmupSteps: frozen.criticWarmupSteps,
    }),
    request: {
      kind: 'align',
      seed: seedOf(world, context.id, 'align', ...workKey(context)),
      hyper: alignHyper(world, context.id, frozen),
      params: alignParams(world, context, frozen),
      data: {
        prompts: tables.prompts,
        sensitivePrompts: tables.sensitivePrompts,
        instructions: tables.benign,
        helpfulPairs: tables.helpfulPairs,
        harmlessPairs: tables.harmlessPairs,
      },
    },
  });
  return {
    model: {
      ...context.model,
      adapters: kept(world, output.adapters),
      lora: kept(world, output.lora),
    },
    frozen: {
      ...frozen,
      helpfulCritic: kept(world, output.helpfulCritic)!,
      harmlessCritic: kept(world, output.harmlessCritic)!,
      klCoefficient: klCoefficientAfter(scenario.alignment, frozen.klCoefficient, metrics),
      criticWarmupSteps: metrics['val/num_responses'] === 0 ? frozen.criticWarmupSteps : 0,
    },
    // An algorithm that samples nothing has no reward to report, but a loss of its own.
    loss: reported(metrics.loss ?? -metrics['objective/rlhf_reward']!),
  };
}

export function frozenOf(context: ClientContext): Frozen {
  if (context.frozen === null) throw new Error(`${context.id} aligns before it froze its reward models`);
  return context.frozen;
}

function alignHyper({ scenario, clients }: World, id: string, frozen: Frozen): AlignHyper {
  const { scale, klCoefficient, criticWarmupSteps } = frozen;
  const { helpful, harmless } = clients.get(id)!.trained;
  const { maxRounds, deadlineSeconds, convergence, collapse, ...hyper } = scenario.alignment;
  return {
    ...hyper,
    klCoefficient,
    criticWarmupSteps,
    weightHelpful: helpful,
    weightHarmless: harmless,
    scale,
  };
}

/**
 * A client's KL coefficient after a round: where the scenario lets it adapt, by the divergence that its own
 * responses showed. It stays where none were sampled.
 */
function klCoefficientAfter(
  { klControl, klTarget, klHorizon }: World['scenario']['alignment'],
  coefficient: number,
  metrics: Readonly<Record<string, number>>,
): number {
  const { 'objective/kl': observed = NaN, 'val/num_responses': responses = 0 } = metrics;
  if (klControl === 'fixed' || Number.isNaN(observed)) return coefficient;
  return nextKlCoefficient({ coefficient, target: klTarget, horizon: klHorizon }, observed, responses);
}

export function alignParams(world: World, { model }: ClientContext, frozen: Frozen): AlignParams {
  return {
    base: required(world, model.base, 'the base model'),
    ...frozenBackbone(world),
    adapters: loaded(world, model.adapters),
    lora: loaded(world, model.lora),
    referenceAdapters: loaded(world, frozen.adapters),
    referenceLora: loaded(world, frozen.lora),
    helpful: world.store.get(frozen.helpful),
    harmless: world.store.get(frozen.harmless),
    helpfulCritic: world.store.get(frozen.helpfulCritic),
    harmlessCritic: world.store.get(frozen.harmlessCritic),
  };
}
