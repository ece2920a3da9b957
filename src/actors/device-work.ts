import type { ClientContext } from '../../machines/client.js';
import { compareOrders, keyOf, type WorkOrder } from '../../machines/events.js';
import { slowdownOf } from '../learning/clients/device.js';
import { joulesFor, secondsFor, type Computer } from '../learning/clients/processor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import { TaskFailed } from '../learning/training/task-failure.js';
import { stream } from '../simulation/random/stream.js';
import { recordFigures } from './figures.js';
import { runTask, type Job } from './running-task.js';
import { clientOf, type World } from './world.js';

/** A client's task, whose seconds and joules follow from what it computes. */
export type DeviceJob<K extends TaskKind> = Omit<Job<K>, 'seconds' | 'joules'> & { readonly flops: number };

/** A job whose work can end early: the setting that says of how many parts it is, each as long as the next. */
type InParts<K extends TaskKind> = { readonly countedIn?: keyof TaskRequest<K>['hyper'] };

/** Measures something of a client's model in the time that its device would take; it costs no energy. */
export function runOnDevice<K extends TaskKind>(world: World, job: DeviceJob<K>): Promise<TaskResult<K>> {
  return runTask<K>(world, {
    ...job,
    seconds: secondsOf(world, job, 1, clientOf(world, job.actor).device),
    joules: 0,
  });
}

/** Trains, slowed down as the device is, and records its figures unless the work was dropped in the meantime. */
export async function trainOnDevice<K extends TaskKind>(
  world: World,
  context: ClientContext,
  job: DeviceJob<K> & InParts<K>,
  dropped: AbortSignal,
): Promise<TaskResult<K>> {
  const { actor, stage, request } = job;
  const draw = () => stream(world.scenario.seed, 'slowdown', actor, stage, request.kind, ...workKey(context));
  const computer = computerOf(world, actor, orderOf(context));
  const seconds = secondsOf(world, job, slowdownOf(clientOf(world, actor).device, draw), computer);
  const joules = joulesFor(job.flops, computer) ?? world.presence.computeWatts * seconds;
  const result = await untilWanted(world, context, { ...job, seconds, joules }, dropped).catch(
    (cause: unknown) => orCrash(world, actor, cause),
  );
  if (!dropped.aborted) recordFigures(world, job, result.metrics);
  return result;
}

/**
 * Where the scenario bears tasks that cannot be done, the client's device crashes of one, and its work never ends; else,
 * and where the task did end but with numbers that are none, the failure is the run's.
 */
function orCrash({ scenario: { limits }, presence }: World, client: string, cause: unknown): Promise<never> {
  const isTaskFailure = cause instanceof Error && cause.cause instanceof TaskFailed;
  if (limits.onTaskFailure === 'abort' || !isTaskFailure) throw cause;
  presence.crash(client, limits.failedClientSeconds, 'task-failed');
  return new Promise(() => {});
}

/** Runs a task to its end; or, where the server asks for the answer before that, to the end of a part. */
async function untilWanted<K extends TaskKind>(
  world: World,
  { wanted, ...context }: ClientContext,
  job: Job<K> & InParts<K>,
  dropped: AbortSignal,
): Promise<TaskResult<K>> {
  const { clock, work } = world;
  const { actor } = job;
  const order = orderOf(context);
  const isWanted = wanted !== null && compareOrders(wanted, order) === 0;
  const begunAtSeconds = clock.nowSeconds;
  const early = new AbortController();
  const result = new Promise<TaskResult<K>>((resolve, reject) => {
    const run = (part: Job<K>, signals: readonly AbortSignal[]) =>
      void runTask<K>(world, part, signals).then(resolve, reject);
    run((isWanted ? cutShort(job, 0) : null) ?? job, [dropped, early.signal]);
    work.set(actor, {
      order,
      handIn: () => {
        if (isWanted || early.signal.aborted || dropped.aborted) return;
        const rest = cutShort(job, clock.nowSeconds - begunAtSeconds);
        if (rest === null) return;
        early.abort();
        run(rest, [dropped]);
      },
    });
  });
  return result.finally(() => work.delete(actor));
}

/**
 * The job up to the part that it is at after so many seconds, and the seconds that are left of it; null where
 * that is its last one, or where it is not in parts.
 */
function cutShort<K extends TaskKind>(job: Job<K> & InParts<K>, elapsedSeconds: number): Job<K> | null {
  const { countedIn, request, seconds, joules } = job;
  if (countedIn === undefined) return null;
  const hyper: TaskRequest<K>['hyper'] = request.hyper;
  const total = hyper[countedIn] as number;
  const parts = Math.max(1, Math.ceil((total * elapsedSeconds) / seconds - 1e-9));
  if (parts >= total) return null;
  const left = Math.max(0, (seconds * parts) / total - elapsedSeconds);
  return {
    ...job,
    seconds: left,
    joules: (joules * left) / seconds,
    request: { ...request, hyper: { ...hyper, [countedIn]: parts } },
  };
}

function secondsOf<K extends TaskKind>(
  world: World,
  { actor, flops }: DeviceJob<K>,
  slowdown: number,
  computer: Computer,
): number {
  const slowness = world.slowness.get(actor) ?? 1;
  return slowness * slowdown * secondsFor(flops, computer);
}

/** A client's device, at the clock that an order allots. */
function computerOf(world: World, client: string, { allotment }: WorkOrder): Computer {
  const { device } = clientOf(world, client);
  const frequencyHz = allotment?.frequencyHz ?? null;
  if (device.processor === null || frequencyHz === null) return device;
  return { ...device, processor: { ...device.processor, frequencyHz } };
}

/** What keys the draws of the work that a client does: see `keyOf` of an order. */
export function workKey(context: Pick<ClientContext, 'id' | 'current'>): readonly number[] {
  return keyOf(orderOf(context));
}

function orderOf({ id, current }: Pick<ClientContext, 'id' | 'current'>): WorkOrder {
  if (!current?.order) throw new Error(`${id} works on something that no download asked for`);
  return current.order;
}
