import { seconds } from '../model/format.js';
import {
  at,
  command,
  follows,
  goTo,
  goToTime,
  guarded,
  isPlaying,
  newest,
  now,
  pace,
  progress,
  speed,
  stepBy,
} from '../model/player.js';
import { anything, filter } from '../model/filter.js';
import { Switch } from './switch.js';

/** Forward, back, play, jump; and what a live run is to do. */
export function Transport() {
  const last = newest.value;
  const jump = (event: Event) => {
    event.preventDefault();
    const text = (event.currentTarget as HTMLFormElement).elements.namedItem('where') as HTMLInputElement;
    follows.value = false;
    const [, place] = /^#(\d+)$/.exec(text.value.trim()) ?? [];
    const time = Number(text.value.trim().replace(/\s*s$/, ''));
    if (place !== undefined) void goTo(Number(place));
    else if (text.value.trim() !== '' && !Number.isNaN(time)) void goToTime(time);
    else
      void guarded(() =>
        Promise.reject(new Error(`"${text.value}": expected a time such as 12.5, or an event such as #340`)),
      );
  };
  return (
    <section class="transport" aria-label="Player">
      <div class="row">
        <button type="button" aria-label="To the beginning" onClick={() => leave(() => goTo(-1))}>
          ❘◀
        </button>
        <button type="button" aria-label="Back by one event" onClick={() => void stepBy(-1)}>
          ◀
        </button>
        <button
          type="button"
          class="play"
          aria-label={isPlaying.value ? 'Stop playing' : 'Play'}
          aria-pressed={isPlaying.value}
          onClick={() => leave(() => (isPlaying.value = !isPlaying.value))}
        >
          {isPlaying.value ? 'Stop' : 'Play'}
        </button>
        <button type="button" aria-label="Forward by one event" onClick={() => void stepBy(1)}>
          ▶
        </button>
        <button type="button" aria-label="To the end" onClick={() => leave(() => goTo(last))}>
          ▶❘
        </button>
        <label>
          <span class="hidden">Speed</span>
          <select value={speed.value} onChange={(event) => (speed.value = event.currentTarget.value)}>
            {speeds.map(([value, text]) => (
              <option value={value} key={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <form onSubmit={jump} class="jump">
          <label>
            <span class="hidden">Jump to a virtual time in seconds, or to an event by its number</span>
            <input name="where" size={9} placeholder="12.5 or #340" autocomplete="off" />
          </label>
          <button type="submit">Jump</button>
        </form>
        <output class="place">
          {seconds(now.value)} · event {at.value < 0 ? 'none' : `#${at.value}`} of {last + 1}
          {isFiltered() ? ' · filtered' : ''}
        </output>
      </div>
      <input
        type="range"
        class="slider"
        aria-label="Place in the run"
        aria-valuetext={`event ${at.value}, ${seconds(now.value)}`}
        min={-1}
        max={Math.max(last, 0)}
        value={at.value}
        onInput={(event) => {
          const place = Number(event.currentTarget.value);
          leave(() => goTo(place));
        }}
      />
      <Live />
    </section>
  );
}

const speeds = [
  ['1', '1 event/s'],
  ['5', '5 events/s'],
  ['20', '20 events/s'],
  ['200', '200 events/s'],
  ['x0.1', '0.1 × time'],
  ['x1', '1 × time'],
  ['x10', '10 × time'],
  ['x100', '100 × time'],
] as const;

const isFiltered = () => JSON.stringify(filter.value) !== JSON.stringify(anything);

/** What is chosen by hand no longer follows a live run. */
function leave(act: () => unknown): void {
  follows.value = false;
  void act();
}

/** Pause, steps and slow motion of the run itself. */
function Live() {
  const told = pace.value;
  const state = progress.value[0];
  if (!told || !state) return null;
  if (!state.isLive) return <p class="live">The run has ended ({state.ended?.reason}).</p>;
  const held = told.isPaused;
  return (
    <div class="row live" role="group" aria-label="The run">
      <strong>{held ? 'The run waits' : 'The run goes on'}</strong>
      {held ? (
        <button
          type="button"
          onClick={() => command({ do: 'go', virtualSecondsPerSecond: told.virtualSecondsPerSecond })}
        >
          Go on
        </button>
      ) : (
        <button type="button" onClick={() => command({ do: 'pause' })}>
          Pause the run
        </button>
      )}
      <button type="button" disabled={!held} onClick={() => command({ do: 'step', by: 'event' })}>
        One event
      </button>
      <button type="button" disabled={!held} onClick={() => command({ do: 'step', by: 'round' })}>
        One round
      </button>
      <label>
        Pace{' '}
        <select
          value={String(told.virtualSecondsPerSecond)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            command({ do: 'go', virtualSecondsPerSecond: value === 'null' ? null : Number(value) });
          }}
        >
          {paces.map(([value, text]) => (
            <option value={value} key={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <Switch of={follows} words="Follow" />
    </div>
  );
}

const paces = [
  ['null', 'as fast as it can'],
  ['10', '10 virtual s per s'],
  ['1', '1 virtual s per s'],
  ['0.1', '0.1 virtual s per s'],
  ['0.01', '0.01 virtual s per s'],
] as const;
