import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartOf } from '../../charts/graph.js';
import { ownMachines, pictureFile } from '../../charts/own-machines.js';
import type { Chart } from '../../charts/chart.js';
import { recordFiles } from '../folder.js';
import { streamedInspection } from '../inspection-stream.js';
import { html, Html } from './html.js';

const shown = ['server', 'client', 'channel'] as const;
type Shown = (typeof shown)[number];

/** How often the actors of each machine entered a state, by its path. */
export type Entered = Readonly<Record<Shown, ReadonlyMap<string, number>>>;

/** Counts the states that were entered, from inspection.jsonl; null where the run has none. */
export async function enteredStates(folder: string): Promise<Entered | null> {
  const path = join(folder, recordFiles.inspection);
  if (!existsSync(path)) return null;
  const machines = new Map<string, string>();
  const entered = { server: new Map(), client: new Map(), channel: new Map() } as {
    readonly [M in Shown]: Map<string, number>;
  };
  for await (const { row } of streamedInspection(path)) {
    if (row.type === 'actor') machines.set(row.actor, row.machine);
    const counts = entered[machines.get(row.actor) as Shown];
    if (counts === undefined) continue;
    const states = row.type === 'actor' ? [row.state] : row.microsteps.map(({ state }) => state);
    for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return entered;
}

/** The machines' pictures with how often each state was entered; null where nobody counted. */
export function machinesSection(entered: Entered | null): Html | null {
  if (entered === null) return null;
  return html`<h2><i></i>The state machines</h2>
    <p class="lead">
      How often each state was entered, over all actors of a machine; pale ones never were. The page that
      <code>pwff inspect</code> opens plays them event by event.
    </p>
    ${shown.map(
      (name) =>
        html`<details class="card machine">
          <summary>${titles[name]}</summary>
          <div class="scroll">${new Html(withCounts(name, entered[name]))}</div>
        </details> `,
    )}
    <p class="source">inspection.jsonl: actors and microsteps of events</p>`;
}

const titles: Readonly<Record<Shown, string>> = {
  server: 'The server',
  client: 'The clients together',
  channel: 'The links together',
};

/** The picture of a machine, a count in the corner of each state without children. */
function withCounts(name: Shown, entered: ReadonlyMap<string, number>): string {
  const chart = chartOf(ownMachines[name]);
  const paths = new Map(chart.states.map(({ id }) => [id, pathOf(id, chart)]));
  const leaves = new Set(
    chart.states.filter(({ id }) => chart.states.every(({ parent }) => parent !== id)).map(({ id }) => id),
  );
  return readFileSync(pictureFile(name), 'utf8').replace(
    /<g ([^>]*) data-state="([^"]+)">(<title>[^<]*<\/title><rect class="box" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*\/>)/g,
    (all, attributes: string, id: string, rest: string, x: string, y: string, width: string) => {
      if (!leaves.has(id)) return all;
      const count = entered.get(paths.get(id)!) ?? 0;
      const label = `<text class="count" x="${Number(x) + Number(width) - 8}" y="${Number(y) + 18}">${count}×</text>`;
      const seen = count === 0 ? attributes.replace('class="', 'class="never ') : attributes;
      return `<g ${seen} data-state="${id}">${rest}${label}`;
    },
  );
}

function pathOf(id: string, { states }: Chart): string {
  const keys: string[] = [];
  let state = states.find((each) => each.id === id);
  while (state && state.parent !== null) {
    keys.unshift(state.key);
    state = states.find((each) => each.id === state!.parent);
  }
  return keys.join('.');
}
