import type { AnyActor, AnyEventObject } from 'xstate';
import type { Message } from '../../machines/events.js';
import type { ActorCause } from '../records/run-event.js';
import type { BusEvent } from '../simulation/bus/bus.js';

/** Events that come neither from an actor nor from the bus, and not from the run itself. */
const fromPresence: readonly string[] = ['device.off', 'device.on', 'client.returned'];

/**
 * Why an actor gets an event. `source` is the actor that sends it, undefined where none does; `onBus` is what
 * the bus has told last: it tells the actors right after.
 */
export function causeOf(
  target: AnyActor,
  source: AnyActor | undefined,
  event: AnyEventObject,
  onBus: BusEvent | null,
): ActorCause {
  if (onBus !== null && messageIn(event) === onBus.envelope.message) {
    return { by: 'message', message: onBus.envelope.id, from: onBus.envelope.from };
  }
  if (source === undefined) return { by: fromPresence.includes(event.type) ? 'presence' : 'run' };
  if (source.systemId === undefined) return { by: 'task' };
  return source === target ? { by: 'timer' } : { by: 'actor', from: source.systemId };
}

/** The message that an event brings, tells the fate of, or hands to a link. */
function messageIn({ download, upload, message }: AnyEventObject): Message | undefined {
  const queued = message as { readonly envelope: { readonly message: Message } } | undefined;
  return (download ?? upload ?? queued?.envelope.message) as Message | undefined;
}
