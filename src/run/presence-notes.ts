import type { Roster } from '../strategies/disciplines/discipline.js';
import { made, nameOf } from '../strategies/strategy.js';
import type { Scenario } from '../scenario/schema.js';
import type { Inputs } from './inputs.js';

/** What a user should know where clients can be off: stages in which a round may wait for one without end. */
export function presenceNotes(scenario: Scenario, { tables }: Pick<Inputs, 'tables'>): readonly string[] {
  const why = whyOff(scenario);
  const discipline = made(tables.disciplines, scenario.server.discipline, scenario.server);
  if (why === null || discipline.deadlineSeconds(withoutDeadline) < Infinity) return [];
  return scenario.stages
    .filter((stage) => scenario[stage].deadlineSeconds === null)
    .map(
      (stage) =>
        `/${stage}/deadlineSeconds: is null: with ${why} a round may wait as long as a client is off that it asked`,
    );
}

/** What turns clients off by itself; null: nothing. */
function whyOff({ clients: { presence }, limits: { onTaskFailure } }: Scenario): string | null {
  if (nameOf(presence) !== 'always') return `/clients/presence "${nameOf(presence)}"`;
  return onTaskFailure === 'abort' ? null : `/limits/onTaskFailure "${onTaskFailure}"`;
}

/** A version that nobody works on and that has no deadline of the scenario's. */
const withoutDeadline: Roster = {
  stage: 'instruction',
  version: 0,
  clients: [],
  cohortSize: 0,
  cohort: [],
  settled: [],
  isSettled: () => true,
  working: {},
  atWork: 0,
  free: [],
  atHand: [],
  left: [],
  aggregated: [],
  answerSeconds: {},
  unreached: [],
  unusable: [],
  openSeconds: 0,
  deadlineSeconds: Infinity,
};
