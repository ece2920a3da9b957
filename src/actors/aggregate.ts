import type { Aggregated, GatheredUpdate, ServerContext } from '../../machines/server.js';
import type { Upload } from '../../machines/events.js';
import { updatesOf, type RewardPart, type UploadKind } from '../../machines/protocol.js';
import { valueAt } from '../appended.js';
import { recalled, remembered } from '../learning/params/memory.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { onto } from '../strategies/aggregation/kept-tensors.js';
import type { Participant, ToAggregate, Update } from '../strategies/aggregation/aggregation.js';
import { receptionOf } from './heard.js';
import { hashesOf } from './kept.js';
import { memberOf } from './members.js';
import { carriedBy, lacking } from './parts.js';
import { publishedParts } from './published-parts.js';
import { rosterOf } from './roster.js';
import { rowsBehind } from './rows.js';
import { runTask } from './running-task.js';
import { nextChange, slotIn } from '../strategies/methods/parts.js';
import { clientOf, type World } from './world.js';

/**
 * Steps 1.4, 2.4 and 3.4: makes each shared part of the global model from the updates that hold it. Each
 * reward model has updates of its own, so that one still counts where the other was lost on its way.
 */
export async function aggregateTask(world: World, context: ServerContext): Promise<Aggregated> {
  const { stage, version, gathered, memory } = context;
  world.events.tell({
    type: 'aggregate',
    updates: gathered.map(({ from, staleness, upload: { kind, answers, rows, params } }) => ({
      ...{ from, kind, answers, rows, staleness, params: hashesOf(params) },
    })),
  });
  const { rewards } = world.method;
  const shared = updatesOf(stage, rewards).flatMap((kind) =>
    carriedBy(world, kind, version).map((part): Carried => ({ kind, part, isMeasured: false })),
  );
  const judged = stage === 'reward' ? lacking(rewards).map(judgeOf) : [];
  const made = await Promise.all([...shared, ...judged].map((each) => aggregatedPart(world, context, each)));
  const results = made.filter((result) => result !== null);
  const sets = results
    .filter(({ isMeasured }) => !isMeasured)
    .flatMap((result) => madeOf(world, context, result));
  const judges = results.filter(({ isMeasured }) => isMeasured);
  const aggregation = Object.fromEntries(results.map((result) => [result.part, result.memory]));
  const sent = publishedParts(world, context, Object.fromEntries(sets));
  const kept = judges.map(({ part, global }) => [part, world.store.put(global)] as const);
  return {
    parts: { ...sent.parts, ...Object.fromEntries(kept) },
    memory: { ...sent.memory, aggregation: { ...memory.aggregation, ...aggregation } },
  };
}

/** A part of the model, and the kind of update that carries it. */
interface Carried {
  readonly kind: UploadKind;
  readonly part: string;
  /** Whether it is measurement's alone: no message carries it, and it costs nothing. */
  readonly isMeasured: boolean;
}

function judgeOf(part: RewardPart): Carried {
  return { kind: `${part}-update`, part, isMeasured: true };
}

/** Null where nobody sent the part. */
async function aggregatedPart(world: World, context: ServerContext, { kind, part, isMeasured }: Carried) {
  const { store, scenario } = world;
  const { stage, version, global, memory } = context;
  const updates = updatesWith(world, context, { kind, part, isMeasured });
  if (updates.length === 0) return null;
  const { aggregation, stalenessExponent, gigaflopsPerSecond, joulesPerGigaflop } = scenario.server;
  const gigaflops = isMeasured ? 0 : flopsOf(updates) / 1e9;
  const before = recalled(store, memory.aggregation[part]);
  const ref = global[part];
  const isOwnRule = slotIn(world.method, part)?.combine !== undefined;
  const clients = world.tellsOfClients || isOwnRule ? participants(world, context, kind) : {};
  const air = receptionOf(world, { stage, version: version - 1, kind, part });
  const { output, metrics } = await runTask<'aggregate'>(world, {
    actor: 'server',
    stage,
    round: version,
    seconds: gigaflopsPerSecond === null ? 0 : gigaflops / gigaflopsPerSecond,
    joules: joulesPerGigaflop * gigaflops,
    request: {
      kind: 'aggregate',
      seed: air ? [scenario.seed, stage, version, part].join('/') : '',
      hyper: {
        strategy: slotIn(world.method, part)?.combine ?? aggregation,
        settings: { stalenessExponent },
        updates: Object.fromEntries(updates.map(({ from, about }) => [from, about])),
        version: version - 1,
        clients,
        notes: before.notes,
        ...(air && { air }),
      },
      params: {
        global: ref ? store.get(ref) : null,
        updates: Object.fromEntries(updates.map(({ from, set }) => [from, set])),
        bases: Object.fromEntries(updates.flatMap(({ from, base }) => (base ? [[from, base]] : []))),
        memory: before.sets,
      },
      data: {},
    },
  });
  if (!air && !isMeasured) tellWeights(world, context, part, updates, clients);
  const { noise, truncation, unheard } = metrics;
  if (air && noise !== undefined && truncation !== undefined && unheard !== undefined) {
    const heard = { clients: updates.length, snrDb: 10 * Math.log10(air.snr), noise, truncation, unheard };
    const { nowSeconds: virtualSeconds } = world.clock;
    world.record({ type: 'air', stage, round: version, part, virtualSeconds, ...heard });
  }
  const { global: made, change, memory: after } = output;
  // Of updates that came in part the first may lack any tensor: the order is that of the model.
  const ordered = scenario.server.partial === null || !ref ? made : onto(store.get(ref), made);
  return { part, isMeasured, global: ordered, change, memory: remembered(store, after) };
}

/** Tells how much each update counts, where the rule of a part is a weighted sum. */
function tellWeights(
  { events, method, weigh }: World,
  { stage, version }: ServerContext,
  part: string,
  updates: readonly { readonly from: string; readonly about: Omit<Update, 'client' | 'params' | 'base'> }[],
  clients: ToAggregate['clients'],
): void {
  if (weigh === null || slotIn(method, part)?.combine !== undefined) return;
  const weighed = updates.map(({ from, about }) => ({ ...about, client: from }));
  const about = weighed.map(({ client, rows, staleness }) => ({ client, rows, staleness }));
  const found = weigh(weighed, version - 1, clients);
  events.tell({ type: 'weights', stage, round: version, part, updates: about, ...found });
}

/** What an aggregate makes of the global model: the next values of its part, a change of the base, or both. */
function madeOf(
  { method }: World,
  { global: model }: ServerContext,
  {
    part,
    global,
    change,
  }: { readonly part: string; readonly global: ParamSet; readonly change: ParamSet | undefined },
): readonly (readonly [part: string, set: ParamSet])[] {
  const slot = slotIn(method, part);
  if (slot?.change === undefined) return [[part, global]];
  const name = nextChange(model, slot.name);
  if (slot.change === 'whole') return [[name, global]];
  if (!change) throw new Error(`${method.name}: what puts ${part} together leaves no change of the base`);
  return [
    [part, global],
    [name, change],
  ];
}

/** The gathered updates that hold a part, with what the aggregation is told of each. */
function updatesWith(world: World, context: ServerContext, { kind, part, isMeasured }: Carried) {
  const { store, sendsBases } = world;
  return context.gathered.flatMap((update) => {
    const { from, upload } = update;
    const sent: Upload['params'] = (isMeasured ? upload.judges : upload.params) ?? {};
    const [ref, base] = [sent[part], upload.startedFrom[part]];
    if (!ref) return [];
    const rows = isMeasured ? rowsBehind(world, kind, clientOf(world, from)) : upload.rows;
    const about = { ...aboutOf(world, context, update), rows };
    return [{ from, set: store.get(ref), base: sendsBases && base ? store.get(base) : null, about }];
  });
}

function aboutOf(
  world: World,
  context: ServerContext,
  { from, staleness, upload: { rows, answers } }: GatheredUpdate,
): Omit<Update, 'client' | 'params' | 'base'> {
  return {
    rows,
    version: answers.version,
    staleness,
    ageSeconds: world.clock.nowSeconds - valueAt(context.madeAtSeconds, answers.version)!,
    tier: world.discipline.tierOf?.(from, rosterOf(world, context)) ?? null,
  };
}

function participants(
  world: World,
  { clients, members, cohort }: ServerContext,
  kind: UploadKind,
): Readonly<Record<string, Participant>> {
  const asked = new Set(cohort);
  const participant = (id: string): Participant => ({
    rows: rowsBehind(world, kind, clientOf(world, id)),
    orders: memberOf({ members }, id).history.orders,
    isAsked: asked.has(id),
  });
  return Object.fromEntries(clients.map((id) => [id, participant(id)]));
}

/** A product and a sum for each parameter of each update. */
function flopsOf(updates: readonly { readonly set: ParamSet }[]): number {
  return updates.reduce((sum, { set }) => sum + 2 * set.values.length, 0);
}
