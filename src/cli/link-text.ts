import { nameOf as strategyName } from '../strategies/strategy.js';
import type { Estimate } from '../radio/link-study/estimate.js';
import type { LinkStudy } from '../radio/link-study/study.js';
import { number, percent, whole } from '../records/report/format.js';
import { wrapped } from './line-width.js';
import type { Paint } from './terminal.js';
import { stackedRows } from './text-table.js';

/** What `pwff link` tells; with `--json` it is printed as it is. */
export interface LinkReport extends LinkStudy {
  readonly scenario: string;
  /** Null where no scenario was named. */
  readonly file: string | null;
}

/** The report as a table of 80 columns; where there are fewer it goes row by row. */
export function linkText(report: LinkReport, paint: Paint, columns: number): string {
  const { link, scenario, file } = report;
  const side = link.direction === 'uplink' ? 'Uplink' : 'Downlink';
  const of = file === null ? 'the default radio' : `scenario ${scenario}`;
  return [
    `${paint('bold', `${side} of client ${link.client}`)}, ${of}`,
    '',
    ...section('Blocks and packets', blockRows(report), paint, columns),
    '',
    ...section(`A message of ${whole(report.bits)} bits`, messageRows(report), paint, columns),
    '',
    ...footnotes(report)
      .flatMap((note) => wrapped(note, Math.min(columns, widest)))
      .map((text) => paint('dim', text)),
  ].join('\n');
}

const widest = 80;

function section(title: string, rows: readonly Row[], paint: Paint, columns: number): readonly string[] {
  const head: Row = [title, 'by formula', 'simulated, 95 %', ''];
  if (columns >= widest) return [paint('bold', rowText(head)), ...rows.map(rowText)];
  return [paint('bold', title), ...stackedRows({ head, rows }, columns)];
}

type Row = readonly [label: string, formula: string, simulated: string, unit: string];

const widths = { label: 33, formula: 13, simulated: 23 };

function rowText([label, formula, simulated, unit]: Row): string {
  const cells = [
    label.padEnd(widths.label),
    formula.padStart(widths.formula),
    simulated.padStart(widths.simulated),
    ` ${unit}`,
  ];
  return cells.join(' ').trimEnd();
}

function blockRows(report: LinkReport): readonly Row[] {
  const { simulated, link, outageRateBps, levelCrossing } = report;
  const unit = unitOf(report.ergodicBps);
  const row = (
    label: string,
    value: number | null,
    estimate: Estimate | null = null,
    { scale, name }: Unit = { scale: 1, name: '' },
  ): Row => [label, figure(value, scale), interval(estimate, scale), name];
  const fixed = `${number(link.fixedRateBps / unit.scale)} ${unit.name}`;
  return [
    row('ergodic capacity', report.ergodicBps, simulated.ergodicBps, unit),
    row('capacity without fading', report.awgnBps, null, unit),
    row(`mean rate, policy "${link.rate}"`, report.policyBps, simulated.policyBps, unit),
    row(`outage of ${fixed}`, report.outage, simulated.outage),
    row('  ARQ, transmissions', report.arqMean, simulated.arqMean),
    row(`  ARQ, at most ${link.maxTransmissions}`, report.arqTruncatedMean, simulated.arqTruncatedMean),
    row(`    not decoded after ${link.maxTransmissions}`, report.residualLoss, simulated.residualLoss),
    row('  HARQ, Chase combining', report.harqChaseMean, simulated.harqChaseMean),
    row('  HARQ, incremental redundancy', report.harqIrMean, simulated.harqIrMean),
    row('best fixed rate', report.bestFixedRateBps, null, unit),
    row('  its outage', report.bestFixedRateOutage),
    row('  its goodput', report.bestFixedRateGoodputBps, null, unit),
    row('fixed rate with 1 % outage', outageRateBps['0.01'], null, unit),
    row('  5 %', outageRateBps['0.05'], null, unit),
    row('  10 %', outageRateBps['0.10'], null, unit),
    row('Doppler shift', report.dopplerHz, null, { scale: 1, name: 'Hz' }),
    row('  correlation of next block', report.rho),
    ...(levelCrossing === null
      ? []
      : [
          row(`  fades below ${fixed}`, levelCrossing.ratePerSecond, null, { scale: 1, name: '1/s' }),
          row('    last', levelCrossing.averageFadeSeconds, null, { scale: 1, name: 's' }),
        ]),
  ];
}

function messageRows({ closedForm, simulated, delaySeconds, ...report }: LinkReport): readonly Row[] {
  const alone = (value: number | null) => (value === null ? '–' : significant(value, 5));
  return [
    ['delay, mean', figure(closedForm?.delaySeconds.mean), interval(simulated.delaySeconds), 's'],
    ['  standard deviation', figure(closedForm?.delaySeconds.sd), alone(delaySeconds.sd), 's'],
    ['  median', '', alone(delaySeconds.p50), 's'],
    ['  95 % within', '', alone(delaySeconds.p95), 's'],
    ['  99 % within', '', alone(delaySeconds.p99), 's'],
    ['energy', figure(closedForm?.energyJoules), interval(simulated.energyJoules), 'J'],
    ['attempts', '', interval(simulated.attempts), ''],
    ['delivered', '', percent(report.delivered), ''],
  ];
}

function footnotes(report: LinkReport): readonly string[] {
  const { link, draws, messages, packets, seed, why, losses } = report;
  const band = `${number(link.bandwidthHz / 1e6)} MHz, ${number(link.powerWatts)} W`;
  const sharing =
    link.clients > 1 ? `, sharing "${strategyName(link.sharing)}" of ${link.clients} clients` : '';
  const counts = [...new Set(Object.values(packets))]
    .filter((count) => count > 0)
    .map(whole)
    .join(', ');
  const lost = Object.entries(losses).map(([reason, count]) => `${reason} ${whole(count)}`);
  const method = link.fading === 'rayleigh' ? 'in closed form' : 'by quadrature where there is none closed';
  return [
    `${signed(link.meanSnrDb)} dB over ${band}; fading "${strategyName(link.fading)}", ` +
      `correlation "${link.correlation}", blocks of ${number(1e3 * link.coherenceSeconds)} ms; ` +
      `rate "${link.rate}"${link.isBroadcast ? ', broadcast' : ''}${sharing}; ` +
      `retransmission "${link.retransmission}", at most ${link.maxTransmissions}` +
      (link.packetBits === null ? '' : `, packets of ${whole(link.packetBits)} bits`) +
      (link.lossProbability === 0 ? '' : `, loss ${percent(link.lossProbability)}`) +
      '.',
    `Seed ${seed}: ${whole(draws)} blocks, ${counts} packets a scheme, ${whole(messages)} messages. ` +
      `All schemes see the same gains. Formulas: ${method}.`,
    ...knowledgeNote(link),
    ...(lost.length === 0 ? [] : [`Attempts that lost packets: ${lost.join(', ')}.`]),
    ...missing(why),
    ...report.notes,
  ];
}

function knowledgeNote({ knowledge }: LinkReport['link']): readonly string[] {
  if (knowledge === null) return [];
  const { errorVariance, delaySeconds, marginDb } = knowledge;
  return [
    `The sender knows the gain of ${number(1e3 * delaySeconds)} ms ago with error variance ` +
      `${number(errorVariance)} and stays ${number(marginDb)} dB below its rate; blocks that do not carry it are lost.`,
  ];
}

/** The figures that are missing, one sentence per reason. */
function missing(why: LinkReport['why']): readonly string[] {
  const named = Object.entries(why).filter(([name]) => name !== 'levelCrossing');
  return [...new Set(named.map(([, reason]) => reason))].map((reason) => {
    const names = named.filter((each) => each[1] === reason).map(([name]) => nameOf(name));
    return `No ${names.join(', no ')}: ${reason}.`;
  });
}

function nameOf(name: string): string {
  if (name === 'closedForm') return 'formula of delay and energy';
  return name.startsWith('simulated.') ? `simulated ${name.slice('simulated.'.length)}` : name;
}

interface Unit {
  readonly scale: number;
  readonly name: string;
}

const units: readonly Unit[] = [
  { scale: 1e9, name: 'Gbit/s' },
  { scale: 1e6, name: 'Mbit/s' },
  { scale: 1e3, name: 'kbit/s' },
];

function unitOf(bps: number): Unit {
  return units.find(({ scale }) => bps >= scale) ?? { scale: 1, name: 'bit/s' };
}

function figure(value: number | null | undefined, scale = 1): string {
  return value === null || value === undefined ? '–' : significant(value / scale, 7);
}

/** A value and half the width of its interval, both to the second digit of the latter. */
function interval(estimate: Estimate | null, scale = 1): string {
  if (estimate === null) return '–';
  const value = estimate.value / scale;
  const half = (estimate.high - estimate.low) / 2 / scale;
  if (!(half > 1e-12 * Math.abs(value))) return significant(value, 7);
  const decimals = 1 - Math.floor(Math.log10(half));
  if (decimals > 9 || value >= 1e7) return `${significant(value, 6)} ± ${half.toExponential(1)}`;
  return `${value.toFixed(Math.max(0, decimals))} ± ${half.toFixed(Math.max(0, decimals))}`;
}

/** An exponent only where the plain number is too long to be read. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (!(size >= 1e-4 && size < 10 ** digits)) return value.toExponential(3).replace('e+', 'e');
  return value.toFixed(Math.min(9, Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
}

function signed(decibels: number): string {
  return String(Number(decibels.toFixed(2))).replace('-', '−');
}
