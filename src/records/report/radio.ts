import { all, legendOf, panelGrid } from './cards.js';
import { delaysByKind } from './charts.js';
import { leastMessages, meanAndSd, widestGap, type DelaySample } from './delays.js';
import { energyCard } from './energy.js';
import { figureNames } from './figure-names.js';
import { bits, duration, joules, number, percent } from './format.js';
import { groupedBy } from '../../grouped.js';
import { html, Html } from './html.js';
import type { KindOutcome } from './outcomes.js';
import type { Panel } from './panel.js';
import { linkPanels } from './panels.js';
import { attemptChart, delayDistribution, resultColors } from './radio-charts.js';
import { rejectedCard } from './rejected.js';
import type { ReportRun } from './report-rows.js';
import { attemptSentence, resultOf, type Chosen } from './stories.js';
import { svg } from './svg.js';
import { table, type Column } from './table.js';
import type { ClientUploads } from './uploads.js';

/** The section on the radio link: what it cost, what it lost, and why; null where nothing was sent. */
export async function radioSection(run: ReportRun): Promise<Html | null> {
  const panels = linkPanels(run);
  if (panels.length === 0 && run.rows.delays.kinds.length === 0) return null;
  return html`<h2><i></i>The radio link</h2>
    <p class="lead">
      What the messages of a round cost each client, download and upload together, in time and in the energy
      of both sides. Thin lines: clients. Thick line: mean.
    </p>
    ${await panelGrid(panels)} ${energyCard(run.summary)} ${await delayCard(run)} ${uploadsCard(run)}
    ${rejectedCard(run.summary)} ${outcomesCard(run)} ${await distributions(run)} ${await stories(run)}`;
}

async function delayCard({ rows: { delays } }: ReportRun): Promise<Html | null> {
  const { ticks: arrived, kinds } = delays;
  if (arrived.length === 0) return null;
  return html`<div class="card wide">
    <h3>Delay of delivered messages</h3>
    <p class="source">A tick is a message, a diamond the median of its kind.</p>
    <div class="scroll">
      ${new Html(await svg(delaysByKind(arrived, kinds), 'Delay of messages by kind'))}
    </div>
    ${legendOf([
      ['var(--downlink)', 'server to client'],
      ['var(--uplink)', 'client to server'],
    ])}
    <p class="source">messages.jsonl: delaySeconds by kind, outcome "delivered"</p>
  </div>`;
}

const uploadColumns: readonly Column<ClientUploads>[] = [
  { head: 'Client', look: 'stage', cell: ({ client }) => client },
  { head: 'Sent', cell: ({ sent }) => sent },
  { head: 'In the aggregate', cell: ({ inAggregate }) => inAggregate },
  { head: 'Left out', cell: ({ leftOut }) => countsText(leftOut) },
  { head: 'Mean delay', cell: ({ meanDelaySeconds }) => duration(meanDelaySeconds) },
  {
    head: 'Mean rate',
    cell: ({ meanRateBps }) => (meanRateBps === null ? '–' : `${bits(meanRateBps)}/s`),
  },
  { head: 'Energy', cell: ({ transmitJoules }) => joules(transmitJoules) },
  { head: 'Price', cell: ({ price }) => number(price), has: ({ price }) => price > 0 },
  {
    head: figureNames.accuracy,
    cell: ({ accuracy }) => percent(accuracy),
    has: ({ accuracy }) => accuracy !== null,
  },
  {
    head: figureNames.sharedAccuracy,
    cell: ({ sharedAccuracy }) => percent(sharedAccuracy),
    has: ({ sharedAccuracy }) => sharedAccuracy !== null,
  },
];

/** Reasons with how often each was one. */
function countsText(counts: readonly (readonly [reason: string, count: number])[]): string {
  return counts.map(([reason, count]) => `${reason} ${count}`).join(', ') || '–';
}

function uploadsCard({ rows: { uploads } }: ReportRun): Html | null {
  const rows = uploads.byClient;
  if (rows.length === 0) return null;
  return html`<div class="card wide scroll">
    <h3>Each client’s uploads, and what the client could do in the end</h3>
    <p class="source">
      In the aggregate: averaged in a round. Left out: it came after its round was closed (late), a newer one
      took its place (superseded), the discipline did not admit it (refused), its link gave it up (given-up),
      too few had come (below-quorum), the server found something wrong with it (rejected: the check that
      did), or the run was over (run-ended). Rate: bits over time on the air, every attempt. Energy: of the
      client’s own transmitter.
    </p>
    ${table(rows, uploadColumns)}
    <p class="source">
      messages.jsonl: rows from the client (price: to it also), aggregatedIn, leftOut; metrics.jsonl: newest
      client row of task evaluate
    </p>
  </div>`;
}

const outcomeColumns: readonly Column<KindOutcome>[] = [
  { head: 'Kind', look: 'stage', cell: ({ kind }) => kind },
  { head: 'Sent', cell: ({ sent }) => sent },
  { head: 'Delivered', cell: ({ delivered }) => delivered },
  { head: 'Dropped', cell: ({ dropped }) => dropped },
  { head: 'In flight', cell: ({ inFlight }) => inFlight },
  {
    head: 'Why dropped',
    cell: ({ reasons }) => countsText(reasons),
  },
  { head: 'Repeats', cell: ({ repeats }) => repeats },
  { head: 'Copies', cell: ({ copies }) => copies },
  {
    head: 'In blackouts',
    cell: ({ blackoutSeconds }) => duration(blackoutSeconds),
    has: ({ blackoutSeconds }) => blackoutSeconds > 0,
  },
];

function outcomesCard({ rows: { outcomes } }: ReportRun): Html | null {
  const rows = outcomes.byKind;
  if (rows.length === 0) return null;
  return html`<div class="card wide scroll">
    <h3>What ended the messages</h3>
    <p class="source">
      Why dropped: the last attempt was lost by chance or in a burst (loss), sent above what its blocks
      carried (outage), too long (timeout), or lost by script (fault, corrupted). Repeats: attempts beyond the
      first.
    </p>
    ${table(rows, outcomeColumns)}
    <p class="source">messages.jsonl: outcome, reason, attempts, copyOf, blackoutSeconds, by kind</p>
  </div>`;
}

async function distributions({ rows: { delays }, manifest }: ReportRun): Promise<Html | null> {
  const samples = delays.samples(manifest);
  if (samples.length === 0) return null;
  return html`<h3 class="part">Distribution of the delays</h3>
    <p class="lead">
      Solid: the share of the messages of one kind and size that had arrived after so many seconds; kinds of
      which at least ${leastMessages} were delivered. Dashed: the law of a message that has its link to
      itself, from the scenario’s fading, rate and sharing: normal by renewal theory, or the convolution of
      its blocks where these are few. Where the solid line lies to the right of it, messages have waited for
      others on their link. Figures below a chart: mean ± standard deviation.
    </p>
    ${withoutLaw(samples)} ${await panelGrid(samples.map(distributionPanel))}`;
}

/** Which kinds have no closed form, each reason once. */
function withoutLaw(samples: readonly DelaySample[]): Html | null {
  const reasons = groupedBy(samples, ({ expected }) => ('why' in expected ? expected.why : null));
  const told = [...reasons].flatMap(([why, own]) =>
    why === null ? [] : [`${[...new Set(own.map(({ kind }) => kind))].join(', ')}: ${why}`],
  );
  return told.length === 0 ? null : html`<p class="lead">No closed form for ${told.join('; ')}.</p>`;
}

function distributionPanel(sample: DelaySample): Panel {
  const { kind, bits: size, seconds } = sample;
  return {
    title: `${kind}, ${bits(size)}`,
    note: distributionNote(sample),
    source: `messages.jsonl: delaySeconds of ${seconds.length} delivered messages of kind ${kind}`,
    chart: delayDistribution(sample),
  };
}

function distributionNote({ seconds, expected }: DelaySample): string {
  const { mean, sd } = meanAndSd(seconds);
  const measured = `Measured ${number(mean)} ± ${number(sd)} s.`;
  if ('why' in expected) return measured;
  const { meanSeconds, sdSeconds, cdf, name } = expected.law;
  const law = `${measured} Law ${number(meanSeconds)} ± ${number(sdSeconds)} s (${name}).`;
  if (sdSeconds === 0) return law;
  // Kolmogorov's critical value at 5 %: 1.358 / sqrt(n).
  const critical = number(1.358 / Math.sqrt(seconds.length));
  return `${law} Widest gap ${number(widestGap(seconds, cdf))}; by chance above ${critical} in 5 % of runs.`;
}

async function stories({ rows, manifest }: ReportRun): Promise<Html | null> {
  const { story, rate, cutoffGain } = manifest.scenario.channel;
  if (rows.delays.kinds.length === 0) return null;
  const how = html`<p class="source">
    Attempt by attempt: run with <code>--set channel.story=blocks</code> to see gain and rate over time here.
  </p>`;
  if (story === 'none') return how;
  const { chosen } = rows.stories;
  if (chosen.length === 0) return null;
  const hasCutoff = rate === 'cutoff' || rate === 'inversion';
  const threshold = hasCutoff && cutoffGain > 0 ? cutoffGain : null;
  return html`<h3 class="part">Attempt by attempt</h3>
    <p class="lead">
      Shaded: the attempts, by what became of them. ${story === 'blocks' ? trackWords(threshold) : ''}
    </p>
    ${await all(chosen, (one) => storyCard(one, threshold, story === 'blocks'))}
    ${story === 'attempts' ? how : null}`;
}

function trackWords(threshold: number | null): string {
  const cutoff = threshold === null ? '' : ` Dashed: the gain below which the sender is silent.`;
  const lines = 'Grey line: gain of the block relative to its mean (left). Coloured line: rate (right).';
  return lines + cutoff;
}

const endedWords: Readonly<Record<Chosen['message']['outcome'], (reason: string) => string>> = {
  delivered: () => 'Delivered',
  dropped: (reason) => `Dropped (${reason})`,
  'in-flight': () => 'In flight at the end of the run',
};

const mostSentences = 8;

/** A link carries one message at a time. */
function waitSentence({ story, sentVirtualSeconds }: Chosen['message']): string {
  const waitedSeconds = story[0]!.atSeconds - sentVirtualSeconds;
  return waitedSeconds > 1e-3 ? `Waited ${duration(waitedSeconds)} for its link. ` : '';
}

async function storyCard(
  { why, message }: Chosen,
  threshold: number | null,
  hasTrack: boolean,
): Promise<Html> {
  const { id, kind, from, to, round, story, outcome, reason, delaySeconds } = message;
  const client = from === 'server' ? to : from;
  const title = `Message ${id}, ${kind}, ${client}, round ${round}: ${why}`;
  const results = [...new Set(story.map(resultOf))];
  const ended = endedWords[outcome](reason ?? 'unknown');
  const shown = story.slice(0, mostSentences).map((attempt, index) => attemptSentence(attempt, index));
  const more = story.length > mostSentences ? ` And ${story.length - mostSentences} more.` : '';
  return html`<div class="card wide">
    <h3>${title}</h3>
    <div class="scroll">${new Html(await svg(attemptChart(message, threshold), title))}</div>
    ${legendOf(results.map((result) => [resultColors[result], result]))}
    <p class="source">
      <b>${ended}${delaySeconds === null ? '' : ` after ${duration(delaySeconds)}`}.</b>
      ${waitSentence(message)}${shown.join(' ')}${more}
    </p>
    <p class="source">messages.jsonl: story of message ${id}${hasTrack ? ', its samples' : ''}</p>
  </div> `;
}
