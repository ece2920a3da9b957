import type { ClientContext } from '../../../machines/client.js';
import type { Model } from '../../../machines/events.js';
import type { Newcomer } from '../../learning/clients/population.js';
import { joulesFor, secondsFor } from '../../learning/clients/processor.js';
import { instructFlops } from '../../learning/clients/workload.js';
import { partIn, type TunedSets } from '../../learning/model/slots.js';
import type { Figure } from '../../learning/training/figure.js';
import { taskRequest } from '../../learning/training/request.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../learning/training/task.js';
import { sum } from '../../moments.js';
import { messageBits } from '../../radio/channel/message-bits.js';
import { greatest } from '../../extremes.js';
import type { TuningStage } from '../../strategies/methods/method.js';
import { changesIn, partsOf, privateParts, sharedParts, slotIn } from '../../strategies/methods/parts.js';
import { instructHyper } from '../instruct-hyper.js';
import { requireFinite } from '../finite-result.js';
import { clientSets, serverSets } from '../slots.js';
import { tunedRefs, tunedSets } from '../tasks.js';
import { clientOf, type World } from '../world.js';

/*
 * Clients that take no part until training is over. What they do then is measured when the clock has stopped: it sends
 * nothing, takes no time and no energy of the run; their rows say what it would have taken.
 */

/** The models that a run leaves. */
interface Left {
  readonly global: Model;
  readonly clients: readonly ClientContext[];
}

/** What the shared parts are worth to each newcomer, and beside it each member's model at the end of the run. */
export async function measureNewcomers(world: World, left: Left): Promise<void> {
  const stage = world.scenario.stages.findLast((each) => each !== 'reward');
  if (world.newcomers.size === 0 || !stage || !hasShared(world, left.global)) return;
  const at: Moment = {
    stage: stage,
    round: Math.max(0, greatest(left.clients.map(({ current }) => current?.version ?? 0))),
  };
  const members = left.clients.filter(({ model }) => model.base !== null);
  const [ofMembers, ofNewcomers] = await Promise.all([
    Promise.all(members.map((member) => memberFigures(world, at, member))),
    Promise.all([...world.newcomers.values()].map((each) => newcomerFigures(world, at, left.global, each))),
  ]);
  members.forEach(({ id }, index) => write(world, at, id, 'member', ofMembers[index]!));
  [...world.newcomers.keys()].forEach((id, index) => write(world, at, id, 'newcomer', ofNewcomers[index]!));
}

interface Moment {
  readonly stage: TuningStage;
  readonly round: number;
}

type Flat = Readonly<Record<string, Figure>>;

function write(world: World, at: Moment, actor: string, task: string, metrics: Flat): void {
  world.record({ type: 'client', ...at, actor, virtualSeconds: world.clock.nowSeconds, task, metrics });
}

/** Whether the server has come to make what it shares, the part itself or what the base is changed by in its place. */
const hasShared = ({ method }: World, global: Model) =>
  sharedParts(method).every((part) => global[part] ?? slotIn(method, part)?.change === 'whole');

async function memberFigures(world: World, at: Moment, { id, model }: ClientContext): Promise<Flat> {
  const tuned = tunedSets(world, tunedRefs(world, model));
  return measureOn(world, at, tuned, clientOf(world, id));
}

/** Before and after it has tuned its private parts, with what both would cost. */
async function newcomerFigures(world: World, at: Moment, global: Model, newcomer: Newcomer): Promise<Flat> {
  const start = firstModel(world, at, global, newcomer.id);
  const trains = privateParts(world.method);
  const steps = trains.length === 0 ? 0 : world.scenario.measure.newcomerSteps;
  const before = await measureOn(world, at, start, newcomer);
  const tuned = steps === 0 ? start : await personalized(world, at, start, trains, newcomer);
  const after = steps === 0 ? before : await measureOn(world, at, tuned, newcomer);
  const named = Object.entries(before).map(([name, value]) => [`${name}Before`, value] as const);
  return { ...Object.fromEntries(named), ...after, ...costs(world, global, start, trains, steps, newcomer) };
}

/**
 * What a newcomer begins with: the shared parts as the server has them now, and all changes of the base; a twin as what it
 * is the twin of; and all else as Steps 1.1 and 1.2 make it.
 */
function firstModel(world: World, { stage, round }: Moment, global: Model, id: string): TunedSets {
  const made = {
    ...serverSets(world),
    ...clientSets({ ...world, clients: world.newcomers }, id, { stage, version: round }),
  };
  const shared = sharedParts(world.method);
  const sets = partsOf(world.method).map(({ name, slot: { start } }) => {
    const source = typeof start === 'string' ? name : partIn(start.as, name);
    const ref = shared.includes(source) ? global[source] : undefined;
    return [name, ref ? world.store.get(ref) : made[name]!] as const;
  });
  const changes = changesIn(global).map((name) => [name, world.store.get(global[name]!)] as const);
  return Object.fromEntries([...sets, ...changes]);
}

/** Step 1.3 of the private parts alone. */
async function personalized(
  world: World,
  at: Moment,
  tuned: TunedSets,
  trains: readonly string[],
  { id, tables }: Newcomer,
): Promise<TunedSets> {
  const { scenario } = world;
  const { output } = await run<'instruct'>(world, at, {
    kind: 'instruct',
    seed: `${scenario.seed}/${id}/personalize`,
    hyper: {
      ...instructHyper(scenario.instruction),
      localSteps: scenario.measure.newcomerSteps,
      phases: [{ share: 1, trains, terms: [] }],
    },
    params: { base: world.store.get(world.base), tuned },
    data: { train: tables.train, validation: tables.validation },
  });
  return output.tuned;
}

/** A model on its owner's test rows, and on what it was not taught. */
async function measureOn(
  world: World,
  at: Moment,
  tuned: TunedSets,
  { tables: { test, shared } }: Pick<Newcomer, 'tables'>,
): Promise<Flat> {
  const { metrics } = await run<'generalize'>(world, at, {
    kind: 'generalize',
    seed: '',
    hyper: {},
    params: { base: world.store.get(world.base), tuned },
    data: { test, shared },
  });
  return { ...metrics['test']!, sharedAccuracy: metrics['shared']!.contentAccuracy };
}

/** What it would take: a download of all that is shared, and its device's work. */
function costs(
  { scenario, shape }: World,
  global: Model,
  start: TunedSets,
  trains: readonly string[],
  steps: number,
  { tables, device }: Newcomer,
): Flat {
  const { headerBits } = scenario.channel;
  const { base, helpful, harmless, ...parts } = global;
  const sent = [scenario.model.preinstalled ? null : base, ...Object.values(parts)];
  const params = sent.filter((ref) => ref !== null && ref !== undefined);
  const trained = sum(trains.map((part) => start[part]!.values.length));
  const instruction = { ...scenario.instruction, localSteps: steps };
  const flops = steps === 0 ? 0 : instructFlops({ ...scenario, instruction }, shape, trained, tables);
  return {
    steps,
    downloadBits: messageBits(params, headerBits),
    trainingSeconds: secondsFor(flops, device),
    trainingJoules: joulesFor(flops, device),
  };
}

/** A task beside the clock. */
async function run<K extends TaskKind>(
  { executor, scenario, shape }: World,
  { stage, round }: Moment,
  request: Omit<TaskRequest<K>, 'key' | 'model'>,
): Promise<TaskResult<K>> {
  const result = await executor.run<K>(taskRequest<K>({ ...request, model: shape }));
  requireFinite(scenario, { stage, round, kind: request.kind }, result);
  return result;
}
