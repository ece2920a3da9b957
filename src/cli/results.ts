import type { Summary } from '../records/summary.js';
import { collapseStories } from '../records/report/collapse.js';
import { endedSentence } from '../records/report/ended.js';
import { energyText } from '../records/report/energy.js';
import { fairnessText } from '../records/report/evenness.js';
import { stageFigures, type Figure } from '../records/report/figures.js';
import { bits, duration, interval, joules } from '../records/report/format.js';
import { newcomersText } from '../records/report/overfitting.js';
import { phrasesText } from '../records/report/phrases.js';
import { rejectedTexts } from '../records/report/rejected.js';
import { toTargetText } from '../records/report/to-target.js';
import type { Paint } from './terminal.js';
import { textTable } from './text-table.js';

/** The summary of a run as a table for a terminal of so many columns. */
export function resultsText(summary: Summary, paint: Paint, columns: number): string {
  const figures = stageFigures(summary);
  const sentence = endedSentence(summary.ended);
  const complete = summary.ended.reason === 'finished';
  const heading = [
    paint(['bold', complete ? 'green' : 'yellow'], sentence),
    paint('dim', timesAndData(summary)),
    ...summary.notes.map((note) => paint('yellow', `Note: ${note}`)),
  ];
  if (figures.length === 0) return [...heading, messagesText(summary)].join('\n');
  const rows = figures.map(({ stage, name, before, after }, index) => {
    const first = figures[index - 1]?.stage !== stage;
    return [first ? paint('bold', stage) : '', name, before ?? '', paint('bold', after)];
  });
  const content = { head: ['', '', 'start', 'end'], alignment: 'llrr', rows };
  const table = textTable(content, { frame: '─', gap: 1, padding: 1 }, columns);
  const lines = [
    ...collapseLines(summary, paint),
    phrasesText(summary.stages.alignment) ?? [],
    toTargetText(summary) ?? [],
    newcomersText(summary) ?? [],
    ...rejectedTexts(summary).map((text) => paint('yellow', text)),
    fairnessText(summary),
    intervalsText(figures) ?? [],
    summary.timeSpent.sentence,
    messagesText(summary),
    energyText(summary) ?? [],
  ].flat();
  return [...heading, table, ...lines].join('\n');
}

/** Intervals of rates of few responses, below the table, which they would widen beyond a terminal. */
function intervalsText(figures: readonly Figure[]): string | null {
  const known = figures.filter((figure) => figure.interval !== null);
  if (known.length === 0) return null;
  const each = known.map(
    ({ name, after, interval: found }) => `${name.toLowerCase()} ${after}${interval(found)}`,
  );
  return `95 % intervals (Wilson): ${each.join('; ')}`;
}

/** One line for each kind of collapse. */
function collapseLines({ stages }: Summary, paint: Paint): string[] {
  return collapseStories(stages.alignment?.collapse ?? []).map(({ finding }) =>
    paint(['bold', 'yellow'], `Alignment collapsed: ${finding}`),
  );
}

function timesAndData({ virtualSeconds, wallSeconds, backend, synthetic }: Summary): string {
  const data = synthetic ? ', synthetic data' : '';
  return `virtual ${duration(virtualSeconds)}, real ${duration(wallSeconds)}, backend ${backend}${data}`;
}

function messagesText({ messages }: Summary): string {
  const { sent, delivered, dropped, inFlight } = messages;
  return (
    `Messages: ${sent} sent, ${delivered} delivered, ${dropped} dropped, ${inFlight} in flight; ` +
    `${bits(messages.bits)}, ${joules(messages.energyJoules)}`
  );
}
