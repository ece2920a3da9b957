import { useEffect, useState } from 'preact/hooks';
import { fetched } from '../model/api.js';
import { goTo, guarded, progress, runs, states } from '../model/player.js';

/** Two runs beside each other: where they part, and who is where they are not alike now. */
export function Compare() {
  const [place, setPlace] = useState<number | null | undefined>(undefined);
  const counts = progress.value.map(({ events, indexed }) => `${events} ${indexed}`).join();
  useEffect(() => {
    void guarded(async () => setPlace((await fetched<{ readonly at: number | null }>('api/difference')).at));
  }, [counts]);
  const [one, other] = states.value;
  const unlike =
    one && other ? Object.keys(one.states).filter((actor) => one.states[actor] !== other.states[actor]) : [];
  return (
    <section class="compare" aria-label="Comparison">
      <p>
        {runs.value
          .map(({ scenario, method, seed }) => `${scenario} (${method}, seed ${seed})`)
          .join(' beside ')}
        :{' '}
        {place === undefined
          ? 'comparing …'
          : place === null
            ? 'all events are alike.'
            : `the events differ from #${place} on. `}
        {typeof place === 'number' && (
          <button type="button" onClick={() => void goTo(place)}>
            To the first difference
          </button>
        )}
      </p>
      {one && other && (
        <p>
          {unlike.length === 0
            ? 'Here all actors are where they are in the other run.'
            : `Not where they are in the other run: ${unlike.map((actor) => `${actor} (${one.states[actor]} and ${other.states[actor] ?? 'not there'})`).join(', ')}.`}
        </p>
      )}
    </section>
  );
}
