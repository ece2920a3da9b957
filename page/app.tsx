import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask, type Answer } from './model/api.js';
import { ChartView, fits } from './views/chart.js';
import { Clients } from './views/clients.js';
import { Compare } from './views/compare.js';
import { Events } from './views/events.js';
import { Figures } from './views/figures.js';
import { Messages } from './views/messages.js';
import { Story } from './views/story.js';
import { Timeline } from './views/timeline.js';
import { Transport } from './views/transport.js';
import { client, guarded, link, progress, run, runs, states, trouble } from './model/player.js';
import { seconds } from './model/format.js';
import { Switch } from './views/switch.js';

const views = {
  charts: { name: 'Charts', view: Charts },
  timeline: { name: 'Timeline', view: Timeline },
  messages: { name: 'Messages', view: Messages },
  events: { name: 'Events', view: Events },
  story: { name: 'Story', view: Story },
  figures: { name: 'Figures', view: Figures },
  clients: { name: 'Clients', view: Clients },
} as const;

type ViewName = keyof typeof views;
const shown = signal<ViewName>('charts');

export function App() {
  const opened = run.value;
  if (!opened) return <main>{trouble.value ? <Trouble /> : <p class="loading">Opening the run …</p>}</main>;
  const isCompared = runs.value.length > 1;
  const { view: View } = views[shown.value];
  const state = progress.value[0];
  return (
    <>
      <header>
        <h1>{opened.scenario}</h1>
        <p class="about">
          {opened.method}, seed {opened.seed},{' '}
          {opened.learning === 'stub' ? 'nothing is trained (learning: stub)' : opened.backend}
          {' · '}
          {state && state.indexed < 1
            ? `reading events, ${Math.round(100 * state.indexed)} %`
            : `${state?.events} events, ${seconds(state?.virtualSeconds ?? 0)}`}
        </p>
        {state?.timeSpent && <p class="about">{state.timeSpent}</p>}
      </header>
      <Transport />
      <Trouble />
      {isCompared && <Compare />}
      <nav aria-label="Views">
        {Object.entries(views).map(([key, { name }]) => (
          <button
            type="button"
            key={key}
            aria-current={key === shown.value ? 'page' : undefined}
            onClick={() => (shown.value = key as ViewName)}
          >
            {name}
          </button>
        ))}
        <label class="chooser">
          Client{' '}
          <select value={client.value} onChange={(event) => (client.value = event.currentTarget.value)}>
            {opened.clients.map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
      </nav>
      <main>
        <View />
      </main>
    </>
  );
}

function Trouble() {
  return (
    <p class="trouble" role="alert" hidden={trouble.value === null}>
      {trouble.value}
    </p>
  );
}

/** The server, the chosen client and one of its links; of two runs the same of both. */
function Charts() {
  const linked = `${client.value}/${link.value}`;
  return (
    <>
      <div class="row">
        <label>
          Link{' '}
          <select
            value={link.value}
            onChange={(event) => (link.value = event.currentTarget.value as 'uplink')}
          >
            <option>uplink</option>
            <option>downlink</option>
          </select>
        </label>
        <Switch of={fits} words="Whole picture" />
      </div>
      {states.value.map((state, index) => (
        <div class="charts" key={index}>
          {states.value.length > 1 && <h2>{index === 0 ? 'First run' : 'Second run'}</h2>}
          <Counted run={index} machine="server" actor="server" state={state} />
          <Counted run={index} machine="client" actor={client.value} state={state} />
          {state.states[linked] !== undefined && (
            <Counted run={index} machine="channel" actor={linked} state={state} />
          )}
        </div>
      ))}
    </>
  );
}

/** A chart with how often its states were entered, up to the present event. */
function Counted({
  run: number,
  ...chart
}: {
  readonly run: number;
  readonly machine: string;
  readonly actor: string;
  readonly state: Answer<'state'>;
}) {
  const [counts, setCounts] = useState<Answer<'state'>['counts']>(null);
  const { actor, state } = chart;
  useEffect(() => {
    let isStale = false;
    void guarded(async () => {
      const answer = await ask('state', { run: number, at: state.at, actor });
      if (!isStale) setCounts(answer.counts);
    });
    return () => (isStale = true);
  }, [number, actor, state.at]);
  return <ChartView {...chart} counts={counts} />;
}
