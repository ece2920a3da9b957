import type { AnyActor, AnyEventObject, AnyStateMachine, InspectionEvent, Snapshot } from 'xstate';
import { bounded } from './bounded.js';

/*
 * Stately's inspection protocol, as @statelyai/inspect 0.7.2 writes and reads it: a JSON object a frame, of type
 * @xstate.actor, @xstate.event or @xstate.snapshot. Actors go by their session ids, which are another in every
 * run; their names are those of the records.
 */

/** The version of @statelyai/inspect whose frames these are. */
const protocolVersion = '0.7.2';

/** What a frame of an actor or of a snapshot is cut down to where it is longer: no contexts, no events' contents. */
const longestCharacters = 1 << 16;

/** An actor, with its chart and the snapshot that it has now. */
export function actorFrame(ref: AnyActor, rootId: string): string {
  const config = (ref.logic as Partial<AnyStateMachine>).config as object | undefined;
  return frame(ref, rootId, (shorter) => ({
    type: '@xstate.actor',
    name: nameOf(ref, config),
    parentId: (ref._parent as AnyActor | undefined)?.sessionId,
    definition: definitionOf(config ?? { id: ref.id }),
    snapshot: snapshotOf(ref.getSnapshot() as Snapshot<unknown>, shorter),
  }));
}

/** What XState tells of an event or a snapshot; null for what the protocol does not carry. */
export function frameOf(inspected: InspectionEvent): string | null {
  const ref = inspected.actorRef as AnyActor;
  switch (inspected.type) {
    case '@xstate.event':
      return frame(ref, inspected.rootId, (shorter) => ({
        type: inspected.type,
        sourceId: (inspected.sourceRef as AnyActor | undefined)?.sessionId,
        event: eventOf(inspected.event, shorter),
      }));
    case '@xstate.snapshot':
      return frame(ref, inspected.rootId, (shorter) => ({
        type: inspected.type,
        event: eventOf(inspected.event, shorter),
        snapshot: snapshotOf(inspected.snapshot, shorter),
      }));
    case '@xstate.actor':
    case '@xstate.microstep':
    case '@xstate.action':
    case '@xstate.transition':
      return null;
  }
}

function frame(ref: AnyActor, rootId: string, about: (shorter: boolean) => object): string {
  const stamp = {
    sessionId: ref.sessionId,
    rootId,
    createdAt: String(Date.now()),
    id: null,
    _version: protocolVersion,
  };
  const whole = JSON.stringify({ ...about(false), ...stamp });
  return whole.length <= longestCharacters ? whole : JSON.stringify({ ...about(true), ...stamp });
}

function nameOf(ref: AnyActor, config: object | undefined): string {
  if (ref.systemId !== undefined) return ref.systemId;
  return ref.id === ref.sessionId && config ? (config as { readonly id: string }).id : ref.id;
}

const definitions = new WeakMap<object, string>();

/** A chart as JSON; functions stand by their names. Charts are as large as we write them. */
function definitionOf(config: object): string {
  const known = definitions.get(config);
  if (known !== undefined) return known;
  const named = (_: string, value: unknown) => (typeof value === 'function' ? { type: value.name } : value);
  const text = JSON.stringify(config, named);
  definitions.set(config, text);
  return text;
}

function eventOf(event: AnyEventObject, shorter: boolean): unknown {
  return shorter ? { type: event.type } : bounded(event);
}

/** A snapshot without what XState keeps in it for itself. */
function snapshotOf(snapshot: Snapshot<unknown>, shorter: boolean): object {
  const { value, context, children } = snapshot as { value?: unknown; context?: unknown; children?: object };
  return {
    status: snapshot.status,
    value,
    context: shorter && context !== undefined ? { '…': 'too large to show' } : bounded(context),
    output: shorter ? undefined : bounded(snapshot.output),
    error: bounded(snapshot.error),
    children: bounded(children),
  };
}
