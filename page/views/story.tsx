import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask, type Answer } from '../model/api.js';
import { follows, goToTime, guarded, progress } from '../model/player.js';

const query = signal('');
const most = 200;

/** What `pwff trace` prints: the story of the run in words, as far as it is asked for. */
export function Story() {
  const [found, setFound] = useState<Answer<'trace'> | null>(null);
  const [limit, setLimit] = useState(most);
  const [wanted, rounds] = [query.value, progress.value[0]?.rounds];
  useEffect(() => {
    let isStale = false;
    const timer = window.setTimeout(() => {
      void guarded(async () => {
        const answer = await ask('trace', { q: wanted, limit });
        if (!isStale) setFound(answer);
      });
    }, 150);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [wanted, limit, rounds]);
  const shown = found?.lines.length ?? 0;
  return (
    <section aria-label="Story">
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <label>
          Query{' '}
          <input
            class="query"
            value={wanted}
            onInput={(event) => {
              query.value = event.currentTarget.value;
              setLimit(most);
            }}
            placeholder="client:3 step:3.3 round:2 given up"
            autocomplete="off"
          />
        </label>
        <span class="quiet">
          {found ? `${shown} of ${found.total} lines` : ''} · keys: client, step, round, stage, from, to; all
          else is text
        </span>
      </form>
      <ol class="list">
        {found?.lines.map((line, index) => (
          <li key={index}>
            <button
              type="button"
              onClick={() => {
                follows.value = false;
                void goToTime(line.virtualSeconds);
              }}
            >
              {line.text}
            </button>
          </li>
        ))}
      </ol>
      {found && shown < found.total && limit < 500 && (
        <button type="button" onClick={() => setLimit(500)}>
          More
        </button>
      )}
      {found?.total === 0 && <p class="quiet">Nothing matches.</p>}
    </section>
  );
}
