import { groupedBy } from '../../grouped.js';
import { sum } from '../../moments.js';
import type { Lane } from '../activity/activity.js';
import { activityRows, courseOf } from '../activity/lanes.js';
import { secondsOf } from '../activity/layers.js';
import type { RunRecords } from '../read.js';
import { legendOf } from './cards.js';
import { html, Html } from './html.js';
import { lanesChart, paintedSpans, paints } from './lanes-chart.js';
import { svg } from './svg.js';

/*
 * Who did what when: a lane for each actor, the versions of the global model as upright lines.
 */

export async function lanesSection(run: RunRecords): Promise<Html | null> {
  const rows = activityRows(run);
  if (rows.endSeconds === 0) return null;
  const { lanes, versions } = courseOf(rows);
  const { shown, words } = selected(lanes, run.messages);
  const closed = versions.filter(({ closedBy }) => closedBy !== null);
  const spans = paintedSpans(shown, rows.endSeconds);
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
      <p>${run.summary.timeSpent.sentence}</p>
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
  messages: RunRecords['messages'],
): { shown: readonly Lane[]; words: string | null } {
  if (clients.length <= mostClients) return { shown: [server!, ...clients], words: null };
  const lost = groupedBy(
    messages.filter(({ outcome }) => outcome === 'dropped'),
    ({ from, to }) => (from === 'server' ? to : from),
  );
  const trained = ({ activities }: Lane) =>
    sum(activities.filter(({ kind }) => kind === 'training').map(secondsOf));
  const slowest = clients.toSorted((a, b) => trained(b) - trained(a)).slice(0, mostOfASort);
  const lossy = clients
    .filter(({ actor }) => lost.has(actor))
    .sort((a, b) => lost.get(b.actor)!.length - lost.get(a.actor)!.length)
    .slice(0, mostOfASort);
  const chosen = new Set([...new Set([...slowest, ...lossy, ...clients])].slice(0, mostClients));
  const words =
    `${chosen.size} of ${clients.length} clients: the ${slowest.length} that trained longest, then those that lost ` +
    `most messages (${lossy.length}), then the first of the others`;
  return { shown: [server!, ...clients.filter((lane) => chosen.has(lane))], words };
}
