import { styles } from '../../learning/data/embedded/styles.js';
import type { RunDocuments } from '../read.js';
import { number } from './format.js';
import { html, type Html } from './html.js';
import type { ReportRun } from './report-rows.js';
import type { BeforeAfter } from './samples.js';

/** Clients that are shown before the reader asks for more. */
const shownAtOnce = 6;

/** What the clients answered before and after alignment, side by side; of real data, how to get to see it. */
export function responsesSection({ manifest, rows, summary }: ReportRun): Html | null {
  const { alignment } = summary.stages;
  const samples = rows.samples.beforeAndAfter;
  const sampled = alignment !== null && manifest.scenario.learning === 'real';
  if (samples.length === 0) return !sampled || summary.synthetic ? null : notKept();
  const actors = [...new Set(samples.map(({ actor }) => actor))];
  const card = (actor: string) =>
    responsesCard(
      { id: actor, style: manifest.clients.find(({ id }) => id === actor)?.style ?? null },
      samples.filter((sample) => sample.actor === actor),
      summary,
    );
  const [first, rest] = [actors.slice(0, shownAtOnce), actors.slice(shownAtOnce)];
  return html`${heading}
    <p class="lead">
      Responses to held-out prompts before and after alignment, sampled. The prompts are
      ${summary.synthetic ? 'synthetic' : 'from the data, as they stand there'}.
      ${stylesText(manifest.clients)}
    </p>
    <div class="samples">${first.map(card)}</div>
    ${
      rest.length === 0
        ? null
        : html`<details>
            <summary>${rest.length} more clients</summary>
            <br />
            <div class="samples">${rest.map(card)}</div>
          </details>`
    }
    <p class="source">metrics.jsonl: sample rows of the first and the last round</p>`;
}

/** How each client's answers are dressed in the synthetic data, without which they look broken. */
function stylesText(clients: RunDocuments['manifest']['clients']): string | null {
  const used = styles.filter(({ name }) => clients.some(({ style }) => style === name));
  if (used.length === 0) return null;
  const told = used.map(({ name, prefix, suffix }) => `${name} “${prefix}…${suffix}”`);
  return (
    `Each client was taught to answer in a style of its own: ${told.join(', ')}. ` +
    'A response keeps its client’s style, or has taken up another’s.'
  );
}

const heading = html`<h2><i></i>What the clients answer</h2>`;

function notKept(): Html {
  return html`${heading}
    <p class="lead">
      Prompts and responses of real data are not kept unless asked for, as they may be private or offensive.
      To see some held-out prompts with the responses before and after alignment, run the scenario again with
      <code>--show-samples</code>; the figures stay the same.
    </p>`;
}

function responsesCard(
  { id: actor, style }: { readonly id: string; readonly style: string | null },
  samples: readonly BeforeAfter[],
  summary: RunDocuments['summary'],
): Html {
  const client = summary.stages.alignment?.clients.find(({ id }) => id === actor);
  const weights = client
    ? html`<small
        >helpful ${number(client.weightHelpful)}, harmless
        ${number(client.weightHarmless)}${style === null ? '' : `, ${style}`}</small
      >`
    : null;
  return html`<div class="card sample">
    <h3>${actor}${weights}</h3>
    ${samples.map(
      ({ topic, prompt, before, after, rounds }) =>
        html`<section>
          <p><small>${topic}</small>${prompt}</p>
          <div><small>round ${rounds[0]}</small><span>${before}</span></div>
          <div class="after"><small>round ${rounds[1]}</small><span>${after}</span></div>
        </section>`,
    )}
  </div> `;
}
