import type { AnyActor, AnyEventObject } from 'xstate';
import { heard, type Envelope, type Message } from '../../machines/events.js';
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
  if (onBus !== null && isAbout(event, onBus.envelope.message)) {
    return { by: 'message', message: onBus.envelope.id, from: onBus.envelope.from };
  }
  if (source === undefined) return { by: fromPresence.includes(event.type) ? 'presence' : 'run' };
  if (source.systemId === undefined) return { by: 'task' };
  return source === target ? { by: 'timer' } : { by: 'actor', from: source.systemId };
}

/** Whether an event brings a message, tells its fate, or hands it to a link; by whatever name it has it. */
function isAbout(event: AnyEventObject, message: Message): boolean {
  const said = message.direction === 'up' ? heard(message) : message;
  return Object.values(event).some(
    (part: unknown) => part === message || part === said || envelopeIn(part)?.message === message,
  );
}

function envelopeIn(part: unknown): Envelope | undefined {
  return (part as { readonly envelope?: Envelope } | null | undefined)?.envelope;
}
