import type { Upload } from '../../../machines/events.js';
import type { ReceivedUpdate, ServerContext } from '../../../machines/server.js';
import { protocol } from '../../../machines/protocol.js';
import type { ParamSet, TensorSpec } from '../../learning/params/param-set.js';
import { mapValues } from '../../map-values.js';
import { partsOf } from '../../strategies/methods/parts.js';
import { memberOf, wasGiven } from '../members.js';
import { carriedBy } from '../parts.js';
import { clientSets, tensorsOfPart } from '../slots.js';
import type { World } from '../world.js';
import type { Arrived, Expected } from './check.js';

/** What the server expects of an update, all by its own knowledge. */
export function expectedOf(
  world: World,
  { members, global }: ServerContext,
  { from, upload }: ReceivedUpdate,
): Expected {
  const { maxUpdateNorm } = world.scenario.server;
  const isClient = (name: string) => members.places.has(name);
  const isAsked = isClient(from) && wasGiven(memberOf({ members }, from), upload.answers);
  return {
    ...{ isClient, isAsked },
    tensors: isAsked ? tensorsDue(world, global, from, upload) : {},
    starts: isAsked && maxUpdateNorm !== null ? startsOf(world, { from, upload }) : {},
    maxNorm: typeof maxUpdateNorm === 'number' ? maxUpdateNorm : null,
  };
}

/** An update with its sets. */
export function arrived(
  { store }: Pick<World, 'store'>,
  { from, upload, inPart = false }: ReceivedUpdate & { readonly inPart?: boolean },
): Arrived {
  return { from, upload, inPart, sets: mapValues(upload.params, (ref) => store.get(ref)) };
}

/** The tensors of the parts that an update of its kind carries in its round, as its client has them (Step 1.2). */
function tensorsDue(
  world: World,
  global: ServerContext['global'],
  from: string,
  { kind, answers }: Upload,
): Expected['tensors'] {
  const tuned = new Map(partsOf(world.method).map((part) => [part.name, part]));
  const due = carriedBy(world, kind, answers.version + 1).map((name): [string, readonly TensorSpec[]] => {
    const part = tuned.get(name);
    const ref = global[name];
    if (part) return [name, tensorsOfPart(world, part, from)];
    if (!ref) throw new Error(`the server waits for ${name}, which it never made`);
    return [name, world.store.get(ref).tensors];
  });
  return Object.fromEntries(due);
}

/**
 * What the work behind an update began with, by part: the global model of its version, and what its client made for
 * itself, which the server can draw as well.
 */
export function startsOf(world: World, { from, upload }: ReceivedUpdate): Expected['starts'] {
  const { startedFrom, answers, kind, params } = upload;
  const own = clientSets(world, from, { stage: protocol[kind].stage, version: answers.version });
  const starts = Object.keys(params).flatMap((part): [string, ParamSet][] => {
    const ref = startedFrom[part];
    const set = ref ? world.store.get(ref) : own[part];
    return set ? [[part, set]] : [];
  });
  return Object.fromEntries(starts);
}
