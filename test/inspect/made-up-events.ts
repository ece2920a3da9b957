import fc from 'fast-check';
import type { ActorRow, EventRow, InspectionRow } from '../../src/records/inspection-rows.js';

const actors = ['server', 'client-1', 'client-2', 'client-1/uplink'];
const states = ['idle', 'busy', 'over'];
const kinds = ['download.delivered', 'upload.sent', 'clock.idle'];

export const actorRows: readonly ActorRow[] = actors.map((actor) => ({
  ...{ type: 'actor', virtualSeconds: 0, actor, machine: actor, parent: null, state: 'idle' },
}));

/** One event, as what is drawn of it; the time since the one before, and the state before, follow. */
interface Drawn {
  readonly actor: string;
  readonly event: string;
  readonly states: readonly string[];
  readonly afterSeconds: number;
  readonly message: number | null;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  actor: fc.constantFrom(...actors),
  event: fc.constantFrom(...kinds),
  states: fc.array(fc.constantFrom(...states), { maxLength: 3 }),
  afterSeconds: fc.constantFrom(0, 0, 0.5, 1),
  message: fc.option(fc.nat(50)),
});

/** Rows as a run writes them: each actor's states follow from each other, times never fall. */
function rowsFrom(all: readonly Drawn[]): readonly EventRow[] {
  const now = new Map(actors.map((actor) => [actor, 'idle']));
  let virtualSeconds = 0;
  return all.map(({ actor, event, states, afterSeconds, message }) => {
    virtualSeconds += afterSeconds;
    const before = now.get(actor)!;
    const microsteps = states.map((state, k) => ({ transitions: [`${actor}|${event}|${k}`], state }));
    const state = states.at(-1) ?? before;
    now.set(actor, state);
    const cause: EventRow['cause'] =
      message === null ? { by: 'timer' } : { by: 'message', from: 'server', message };
    return { type: 'event', virtualSeconds, actor, event, cause, before, state, microsteps };
  });
}

/** `times`: the same things happen so often. */
export const eventRows = (times = 1): fc.Arbitrary<readonly EventRow[]> =>
  fc.array(drawn, { maxLength: 60 }).map((all) => rowsFrom(Array.from({ length: times }, () => all).flat()));

export const allRows = (events: readonly EventRow[]): readonly InspectionRow[] => [...actorRows, ...events];
