import { csvOf, downloadButtons } from './downloads.js';
import { html, Html } from './html.js';
import type { Panel } from './panel.js';
import { svg } from './svg.js';

/** Renders one after the other, in the order given. */
export async function all<T>(
  items: readonly T[],
  render: (item: T) => Promise<Html>,
): Promise<readonly Html[]> {
  return Promise.all(items.map(render));
}

/** Charts beside each other, in as many columns as leave the fewest places empty in the last row. */
export async function panelGrid(panels: readonly Panel[]): Promise<Html> {
  const emptyIn = (columns: number) => (columns - (panels.length % columns)) % columns;
  const columns = emptyIn(2) < emptyIn(3) ? 2 : 3;
  return html`<div class="charts" style="--columns: ${columns}">${await all(panels, panelCard)}</div>`;
}

/** A chart in a column of the page, with where its figures come from. */
export async function panelCard({ title, source, note, chart }: Panel): Promise<Html> {
  return html`<figure class="card" style="margin: 0">
    <h3>${title}</h3>
    ${new Html(await svg(chart, title))} ${downloadButtons(title, csvOf(chart))}
    ${note === undefined ? null : html`<p class="source"><b>${note}</b></p>`}
    <p class="source">${source}</p>
  </figure> `;
}

/** What a colour stands for. */
export function legendOf(entries: readonly (readonly [color: string, words: string])[]): Html {
  return html`<div class="legend">
    ${entries.map(([color, words]) => html`<span><i style="background: ${color}"></i>${words}</span> `)}
  </div>`;
}
