import { nameOf, paramsIn } from '../../machines/events.js';
import { refOf, type ParamRef } from '../learning/params/param-set.js';
import type { RunEvent } from '../records/run-event.js';
import type { BusEvent } from '../simulation/bus/bus.js';

/** An event of a run as a line of the log: what happened and no tensors; parameters stand by their hash. */
export interface EventEntry extends Readonly<Record<string, unknown>> {
  readonly event: string;
  readonly virtualSeconds: number;
}

/** `now` is the virtual time of the event before, for events that tell none. */
export function entryOf(event: RunEvent, now: number): EventEntry {
  switch (event.type) {
    case 'manifest':
      // It stands beside the log.
      return { event: 'manifest', virtualSeconds: now };
    case 'row':
      return { event: 'row', virtualSeconds: now, ...event.row };
    case 'bus':
      return busEntry(event.event);
    case 'message-ended':
      return { event: 'message-ended', virtualSeconds: now, id: event.row.id, outcome: event.row.outcome };
    case 'message':
      // Its story stands in messages.jsonl.
      return { event: 'message', virtualSeconds: now, ...event.row, story: undefined };
    case 'aggregate':
      return { event: 'aggregate', virtualSeconds: now, updates: event.updates };
    case 'params':
      return { event: 'params', virtualSeconds: now, ...handle(refOf(event.set)) };
    case 'weights': {
      const { type, ...rest } = event;
      return { event: type, virtualSeconds: now, ...rest };
    }
    case 'band':
      return {
        event: 'band',
        virtualSeconds: event.given.toSeconds,
        direction: event.direction,
        ...event.given,
      };
    case 'actor': {
      const { actor, event: taken, cause, state, virtualSeconds } = event;
      return { event: 'actor', virtualSeconds, actor, taken, cause, state };
    }
    case 'actor-registered':
    case 'task-started':
    case 'task-finished':
    case 'task-dropped':
    case 'try-failed':
    case 'published':
    case 'heeded':
    case 'kept':
    case 'charge':
    case 'clock': {
      const { type, ...rest } = event;
      return { event: type, ...rest };
    }
  }
}

function busEntry(event: BusEvent): EventEntry {
  const { envelope, atSeconds, phase, ...rest } = event;
  const { id, from, to, message } = envelope;
  const { attempt, ...account } = 'attempt' in rest ? rest : { ...rest, attempt: null };
  return {
    event: 'bus',
    virtualSeconds: atSeconds,
    phase,
    id,
    from,
    to,
    ...nameOf(message),
    params: paramsIn(message).map(handle),
    ...account,
    // The samples of "blocks" stand in messages.jsonl; packets may be millions.
    ...(attempt !== null && { attempt: { ...attempt, samples: undefined, packetsAfter: undefined } }),
  };
}

function handle({ kind, hash, parameters }: ParamRef) {
  return { kind, hash, parameters };
}
