import { useEffect, useState } from 'preact/hooks';
import { ask, type Answer } from '../model/api.js';
import { anything, filter, filterQuery, type Filter } from '../model/filter.js';
import { seconds } from '../model/format.js';
import { at, follows, goTo, guarded, newest, run } from '../model/player.js';

type Event = Answer<'events'>['events'][number];
const half = 25;

/** The events around the one that is shown, and what they are filtered by. */
export function Events() {
  const [events, setEvents] = useState<readonly Event[]>([]);
  const [wanted, here, last] = [filter.value, at.value, newest.value];
  useEffect(() => {
    let isStale = false;
    const query = { ...filterQuery(wanted), limit: half };
    void guarded(async () => {
      const [before, after] = await Promise.all([
        here < 0 ? { events: [] } : ask('events', { ...query, from: here, back: 1 }),
        ask('events', { ...query, from: here + 1 }),
      ]);
      if (!isStale) setEvents([...[...before.events].reverse(), ...after.events]);
    });
    return () => (isStale = true);
  }, [wanted, here, here + half > last ? last : 0]);

  return (
    <section class="events" aria-label="Events">
      <FilterForm />
      <ol class="list">
        {events.map((event) => (
          <li key={event.index}>
            <button
              type="button"
              aria-current={event.index === here ? 'true' : undefined}
              onClick={() => {
                follows.value = false;
                void goTo(event.index);
              }}
            >
              <span class="when">
                #{event.index} {seconds(event.virtualSeconds)}
              </span>{' '}
              <b>{event.actor}</b> <code>{event.event}</code>
              {event.state !== event.before && <span class="to"> → {event.state}</span>}
              <span class="why"> {whyOf(event)}</span>
            </button>
          </li>
        ))}
      </ol>
      {events.length === 0 && <p class="quiet">No event is like this.</p>}
    </section>
  );
}

function whyOf({ cause }: Event): string {
  if (cause.by === 'message') return `message ${cause.message} of ${cause.from}`;
  return 'from' in cause ? `by ${cause.from}` : `by ${cause.by}`;
}

function FilterForm() {
  const change = (key: keyof Filter) => (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
    (filter.value = { ...filter.value, [key]: event.currentTarget.value.trim() });
  const { actor, event, step } = filter.value;
  return (
    <form
      class="row filter"
      aria-label="Filter of events"
      onSubmit={(submitted) => submitted.preventDefault()}
    >
      <label>
        Actor{' '}
        <select value={actor} onChange={change('actor')}>
          <option value="">any</option>
          {run.value?.actors.map(({ actor }) => (
            <option key={actor}>{actor}</option>
          ))}
        </select>
      </label>
      <label>
        Event{' '}
        <input value={event} size={14} onInput={change('event')} placeholder="download" autocomplete="off" />
      </label>
      <label>
        Step{' '}
        <select value={step} onChange={change('step')}>
          <option value="">any</option>
          {steps.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => (filter.value = anything)}>
        All
      </button>
    </form>
  );
}

const steps = [
  '1.1',
  '1.2',
  '1.3',
  '1.4',
  '1.5',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '3.1',
  '3.2',
  '3.3',
  '3.4',
  '3.5',
];
