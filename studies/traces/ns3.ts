import { UserError } from '../../src/errors.js';
import type { SnrTrace } from './trace-files.js';

/*
 * Traces of ns-3, as its helpers write them: columns under a header, between tabs or blanks.
 *
 *     DlRsrpSinrStats.txt  (LTE)  % time cellId IMSI RNTI rsrp sinr ComponentCarrierId   sinr is a ratio
 *     UlSinrStats.txt      (LTE)  % time cellId IMSI RNTI sinrLinear componentCarrierId  a ratio
 *     RxPacketTrace.txt    (NR)   Time direction … rnti … SINR(dB) …                     one row a packet
 */

const columns = {
  time: ['time'],
  client: ['imsi', 'rnti'],
  ratio: ['sinr', 'sinrlinear'],
  decibels: ['sinr(db)'],
  direction: ['direction', 'dl/ul'],
};

const directions: Readonly<Record<string, SnrTrace['direction']>> = { DL: 'downlink', UL: 'uplink' };

/**
 * One trace for each client and direction. Clients are numbered in the order of their IMSI (where there is
 * none, of their RNTI). Without a column that says so, the direction is that of the file's name, Dl… or Ul….
 * Of several rows of one time, as of several carriers, the last one counts.
 *
 * @throws UserError where a column is missing, or a row has no number where one has to be.
 */
export function tracesOfNs3(text: string, file: string): readonly SnrTrace[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = header.replace(/^\s*%/, '').trim().toLowerCase().split(/\s+/);
  const at = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const [time, client, ratio, decibels, way] = Object.values(columns).map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (time < 0 || client < 0 || (ratio < 0 && decibels < 0)) {
    throw new UserError(
      `${file}: has the columns ${names.join(', ')}, expected time, IMSI or RNTI, and SINR`,
    );
  }
  const links = new Map<string, Map<number, number>>();
  lines.forEach((line, index) => {
    const fields = line.trim().split(/\s+/);
    const seconds = Number(fields[time]);
    const sinr = Number(fields[decibels < 0 ? ratio : decibels]);
    const direction = directions[way < 0 ? wayOfFile(file) : (fields[way] ?? '')];
    if (!Number.isFinite(seconds) || !Number.isFinite(sinr) || direction === undefined) {
      throw new UserError(
        `${file}:${index + 2}: is "${line.trim()}", expected numbers under ${names.join(', ')}`,
      );
    }
    const key = `${fields[client]} ${direction}`;
    const rows = links.get(key) ?? new Map<number, number>();
    rows.set(seconds, decibels < 0 ? 10 * Math.log10(Math.max(sinr, 1e-20)) : sinr);
    links.set(key, rows);
  });
  return numbered(links);
}

function wayOfFile(file: string): string {
  return /(^|[/\\.])ul[^/\\]*$/i.test(file) ? 'UL' : 'DL';
}

function numbered(links: ReadonlyMap<string, ReadonlyMap<number, number>>): readonly SnrTrace[] {
  const idOf = (key: string) => Number(key.split(' ')[0]);
  const ids = [...new Set([...links.keys()].map(idOf))].sort((a, b) => a - b);
  return [...links].map(([key, rows]) => ({
    client: ids.indexOf(idOf(key)) + 1,
    direction: key.endsWith('uplink') ? 'uplink' : 'downlink',
    rows: [...rows].sort(([a], [b]) => a - b),
  }));
}
