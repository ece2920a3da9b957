import type { NewcomersSummary } from '../../src/records/overfitting-summary.js';
import type { Summary } from '../../src/records/summary.js';
import type { Column } from '../tables.js';
import { within, type Milestone } from './course.js';

/** What the record keeps of a run. */
export interface PeerFigures {
  readonly instruction: Summary['stages']['instruction'];
  readonly newcomers: NewcomersSummary | null;
  readonly course: readonly Milestone[];
}

/** What a run may spend, ascending. */
export interface Budgets {
  readonly megabits: readonly number[];
  readonly joules: readonly number[];
}

const percent = (share: number | null | undefined) => (share == null ? null : 100 * share);
const last = ({ course }: PeerFigures) => course.at(-1);

const atTheEnd: readonly Column<PeerFigures>[] = [
  { head: 'own, %', digits: 1, of: (run) => percent(last(run)?.accuracy) },
  { head: 'others’ facts, %', digits: 1, of: (run) => percent(last(run)?.sharedAccuracy) },
  { head: 'newcomers before, %', digits: 1, of: ({ newcomers }) => percent(newcomers?.accuracyBefore) },
  { head: 'newcomers after, %', digits: 1, of: ({ newcomers }) => percent(newcomers?.accuracy) },
  { head: 'Mbit', digits: 1, of: (run) => (last(run)?.bits ?? 0) / 1e6 },
  { head: 'J', digits: 1, of: (run) => last(run)?.joules ?? null },
];

/** Figures at the end, and those of the last round within each budget. */
export function columnsAt({ megabits, joules }: Budgets): readonly Column<PeerFigures>[] {
  return [
    ...atTheEnd,
    ...megabits.flatMap((budget) => columnsWithin('bits', 1e6 * budget, `${budget} Mbit`)),
    ...joules.flatMap((budget) => columnsWithin('joules', budget, `${budget} J`)),
  ];
}

function columnsWithin(
  spent: 'bits' | 'joules',
  budget: number,
  name: string,
): readonly Column<PeerFigures>[] {
  const at = ({ course }: PeerFigures) => within(course, spent, budget);
  return [
    { head: `own in ${name}, %`, digits: 1, of: (run) => percent(at(run)?.accuracy) },
    { head: `others’ in ${name}, %`, digits: 1, of: (run) => percent(at(run)?.sharedAccuracy) },
  ];
}
