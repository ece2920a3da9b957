import type { Aggregated, ServerContext } from '../../machines/server.js';
import { updatesOf, type SharedPart } from '../../machines/protocol.js';
import { recalled, remembered } from '../learning/params/memory.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { encoded } from './encoding.js';
import { carriedBy } from './parts.js';
import { runTask } from './tasks.js';
import type { World } from './world.js';

/**
 * Steps 1.4, 2.4 and 3.4: makes each shared part of the global model from the updates that hold it. Each
 * reward model has updates of its own, so that one still counts where the other was lost on its way.
 */
export async function aggregateTask(world: World, context: ServerContext): Promise<Aggregated> {
  const { stage, version, gathered, memory } = context;
  world.events.tell({
    type: 'aggregate',
    updates: gathered.map(({ from, upload: { kind, answers } }) => ({ from, kind, answers })),
  });
  const shared = updatesOf(stage).flatMap((kind) => carriedBy(kind, world.method));
  const made = await Promise.all(shared.map((part) => aggregatedPart(world, context, part)));
  const results = made.filter((result) => result !== null);
  const sets = Object.fromEntries(results.map(({ part, global }) => [part, global]));
  const aggregation = Object.fromEntries(results.map((result) => [result.part, result.memory]));
  const sent = encoded(world, sets, memory.codec, {
    actor: 'server',
    stage,
    round: version,
    key: [version],
  });
  return {
    parts: sent.parts,
    memory: { codec: sent.memory, aggregation: { ...memory.aggregation, ...aggregation } },
  };
}

/** Null where nobody sent the part. */
async function aggregatedPart(
  world: World,
  { stage, version, gathered, global, memory }: ServerContext,
  part: SharedPart,
) {
  const { store, scenario } = world;
  const updates = gathered.flatMap(({ from, upload, staleness }) => {
    const ref = upload.params[part];
    const about = { rows: upload.rows, version: upload.answers.version, staleness };
    return ref ? [{ from, set: store.get(ref), about }] : [];
  });
  if (updates.length === 0) return null;
  const { aggregation, stalenessExponent, gigaflopsPerSecond } = scenario.server;
  const before = recalled(store, memory.aggregation[part]);
  const ref = global[part];
  const { output } = await runTask<'aggregate'>(world, {
    actor: 'server',
    stage,
    round: version,
    seconds: gigaflopsPerSecond === null ? 0 : flopsOf(updates) / (gigaflopsPerSecond * 1e9),
    request: {
      kind: 'aggregate',
      seed: '',
      hyper: {
        strategy: aggregation,
        settings: { stalenessExponent },
        updates: Object.fromEntries(updates.map(({ from, about }) => [from, about])),
        notes: before.notes,
      },
      params: {
        global: ref && store.get(ref),
        updates: Object.fromEntries(updates.map(({ from, set }) => [from, set])),
        memory: before.sets,
      },
      data: {},
    },
  });
  return { part, global: output.global, memory: remembered(store, output.memory) };
}

/** A product and a sum for each parameter of each update. */
function flopsOf(updates: readonly { readonly set: ParamSet }[]): number {
  return updates.reduce((sum, { set }) => sum + 2 * set.values.length, 0);
}
