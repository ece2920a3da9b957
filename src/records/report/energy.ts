import { stages } from '../../../machines/protocol.js';
import {
  energyKinds,
  joulesOf,
  sides,
  totalJoules,
  type Energy,
  type EnergyBySide,
} from '../energy/energy.js';
import { restJoules } from '../energy/summary.js';
import type { Summary } from '../summary.js';
import { stageTitles } from './figure-names.js';
import { joules } from './format.js';
import { html, type Html } from './html.js';
import { table, type Column } from './table.js';

const kindWords: Readonly<Record<keyof Energy, string>> = {
  transmitJoules: 'transmit',
  receiveJoules: 'receive',
  idleJoules: 'idle',
  computeJoules: 'compute',
};

/** "Energy: devices 12 J (transmit 10 J, compute 2 J), server 3 J (receive 3 J); 1 J of it in no round". */
export function energyText({ energy }: Pick<Summary, 'energy'>): string | null {
  if (energy === null) return null;
  const bySide = sides.map(
    (side) => `${side} ${joules(joulesOf(energy.total[side]))}${kindsOf(energy.total[side])}`,
  );
  const rest = restJoules(energy);
  return `Energy: ${bySide.join(', ')}${rest > 0 ? `; ${joules(rest)} of it in no round` : ''}`;
}

function kindsOf(energy: Energy): string {
  const spent = energyKinds.filter((kind) => energy[kind] > 0);
  return spent.length === 0
    ? ''
    : ` (${spent.map((kind) => `${kindWords[kind]} ${joules(energy[kind])}`).join(', ')})`;
}

interface Line {
  readonly where: string;
  readonly energy: EnergyBySide;
}

const columns: readonly Column<Line>[] = [
  { head: 'Where', look: 'stage', cell: ({ where }) => where },
  ...sides.flatMap((side) => [
    ...energyKinds.map((kind) => ({
      head: `${side}, ${kindWords[kind]}`,
      cell: ({ energy }: Line) => joules(energy[side][kind]),
      has: ({ energy }: Line) => energy[side][kind] > 0,
    })),
    { head: `${side}, all`, cell: ({ energy }: Line) => joules(joulesOf(energy[side])) },
  ]),
];

/** Every joule of the run by side and kind; null where nothing was spent, or an earlier version kept no account. */
export function energyCard({ energy }: Pick<Summary, 'energy'>): Html | null {
  if (energy === null || totalJoules(energy.total) === 0) return null;
  const lines = stages.flatMap((stage) => {
    const { rounds, outsideRounds, underWay } = energy.stages[stage];
    return [
      { where: `${stageTitles[stage]}, rounds`, energy: rounds },
      { where: `${stageTitles[stage]}, outside of its rounds`, energy: outsideRounds },
      { where: `${stageTitles[stage]}, under way at the end`, energy: underWay },
    ];
  });
  const spent = lines.filter((line) => totalJoules(line.energy) > 0);
  return html`<div class="card wide scroll">
    <h3>Whose joules</h3>
    <p class="source">
      Uplink: the device transmits and idles, the server receives; downlink: the reverse. Compute: training
      and aggregation. Outside of its rounds: last downloads of a stage, and what ended after its last round.
    </p>
    ${table([...spent, { where: 'All', energy: energy.total }], columns)}
    <p class="source">summary.json: energy</p>
  </div>`;
}
