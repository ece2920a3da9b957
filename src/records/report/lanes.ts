import type { Counts } from '../../counts.js';
import { sum } from '../../moments.js';
import type { Lane } from '../activity/activity.js';
import { courseOf } from '../activity/lanes.js';
import { secondsOf } from '../activity/layers.js';
import { legendOf } from './cards.js';
import { html, Html } from './html.js';
import { lanesChart, paintedSpans, paints } from './lanes-chart.js';
import type { ReportRun } from './report-rows.js';
import { svg } from './svg.js';

/*
 * Who did what when: a lane for each actor, the versions of the global model as upright lines.
 */

export async function lanesSection({
  manifest,
  summary,
  rows: { activity, lost },
}: ReportRun): Promise<Html | null> {
  const { virtualSeconds: endSeconds } = summary;
  if (endSeconds === 0) return null;
  const clients = manifest.clients.map(({ id }) => id);
  const { lanes, versions } = courseOf(activity.rows({ clients, scenario: manifest.scenario, endSeconds }));
  const { shown, words } = selected(lanes, lost);
  const closed = versions.filter(({ closedBy }) => closedBy !== null);
  const spans = paintedSpans(shown, endSeconds);
  const seen = new Set(spans.map(({ paint }) => paint));
  const legend = paints.filter(({ name }) => seen.has(name)).map(({ color, name }) => [color, name] as const);
  const drawn = await svg(lanesChart(shown, spans, closed), 'What every actor did by virtual time');
  return html`<h2><i></i>Who did what when</h2>
    <p class="lead">
      A lane for each actor, in virtual time; upright lines: a version of the global model, dashed where the
      deadline closed its round. A client that trains while a message of its own is on the air is shown to
      train. A message is on the lane of its client, and on the server’s where the server sends it.
    </p>
    <div class="card wide">
      <div class="scroll">${new Html(drawn)}</div>
      ${legendOf(legend)} ${words === null ? null : html`<p class="source">${words}</p>`}
      <p>${summary.timeSpent.sentence}</p>
      <p class="source">
        metrics.jsonl: step, client, presence and round rows; messages.jsonl; summary.json: timeSpent
      </p>
    </div>`;
}

const mostClients = 30;
const mostOfASort = 10;

/** The lanes to be drawn, and how they were chosen; null where they are all. */
function selected(
  [server, ...clients]: readonly Lane[],
  lost: Counts<string>,
): { shown: readonly Lane[]; words: string | null } {
  if (clients.length <= mostClients) return { shown: [server!, ...clients], words: null };
  const trained = ({ activities }: Lane) =>
    sum(activities.filter(({ kind }) => kind === 'training').map(secondsOf));
  const slowest = clients.toSorted((a, b) => trained(b) - trained(a)).slice(0, mostOfASort);
  const lossy = clients
    .filter(({ actor }) => lost.of(actor) > 0)
    .sort((a, b) => lost.of(b.actor) - lost.of(a.actor))
    .slice(0, mostOfASort);
  const chosen = new Set([...new Set([...slowest, ...lossy, ...clients])].slice(0, mostClients));
  const words =
    `${chosen.size} of ${clients.length} clients: the ${slowest.length} that trained longest, then those that lost ` +
    `most messages (${lossy.length}), then the first of the others`;
  return { shown: [server!, ...clients.filter((lane) => chosen.has(lane))], words };
}
