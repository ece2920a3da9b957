import type { ActivityRows } from '../../../src/records/activity/activity.js';
import type { ClientRow, MessageRow, MetricRow, RoundRow } from '../../../src/records/rows.js';
import { noEnergy } from '../../../src/records/energy/energy.js';

/*
 * Rows of runs that never were, with times that can be added up by hand. Everybody is in the first round of stage 1
 * unless it is said.
 */

export const step = (actor: string, name: string, virtualSeconds: number, round = 1): MetricRow => ({
  type: 'step',
  step: name,
  actor,
  round,
  virtualSeconds,
});
export const trained = (actor: string, virtualSeconds: number): ClientRow => ({
  type: 'client',
  stage: 'instruction',
  round: 1,
  actor,
  virtualSeconds,
  task: 'instruct',
  metrics: {},
});
export const presence = (actor: string, virtualSeconds: number, on: boolean): MetricRow => ({
  type: 'presence',
  actor,
  virtualSeconds,
  on,
  cause: 'markov',
});
export const closed = (
  virtualSeconds: number,
  closedBy: RoundRow['closedBy'],
  more: Partial<RoundRow> = {},
): RoundRow => ({
  type: 'round',
  stage: 'instruction',
  round: 1,
  virtualSeconds,
  seconds: virtualSeconds,
  delaySeconds: 0,
  energyJoules: 0,
  loss: null,
  cohort: 1,
  updates: 1,
  late: 0,
  verdict: 'continue',
  members: [],
  closedBy,
  energy: noEnergy,
  ...more,
});

let ids = 0;
export function message(
  kind: string,
  client: string,
  from: number,
  to: number | null,
  more: Partial<MessageRow> = {},
) {
  const isUp = kind.endsWith('update');
  const row: MessageRow = {
    id: ++ids,
    copyOf: null,
    from: isUp ? client : 'server',
    to: isUp ? 'server' : client,
    kind,
    step: isUp ? '1.3' : '1.1',
    stage: 'instruction',
    round: isUp ? 1 : 0,
    params: [],
    bits: 1,
    attempts: 1,
    outcome: to === null ? 'in-flight' : 'delivered',
    reason: null,
    acknowledged: true,
    onAirSeconds: 0,
    airBits: 1,
    delaySeconds: to === null ? null : to - from,
    energyJoules: 0,
    transmitJoules: 0,
    receiveJoules: 0,
    idleJoules: 0,
    blackoutSeconds: 0,
    blackouts: [],
    price: 0,
    sentVirtualSeconds: from,
    endedVirtualSeconds: to,
    aggregatedIn: null,
    leftOut: null,
  };
  return { ...row, ...more };
}

type Scenario = ActivityRows['scenario'];

/** The rows of a run of 10 s, of one client where no others are named, with nothing scripted but this. */
export function rowsOf(
  rows: Partial<Omit<ActivityRows, 'scenario'>>,
  faults: Scenario['channel']['faults'] = [],
  timeline: Scenario['timeline'] = [],
): ActivityRows {
  const channel = { faults } as unknown as Scenario['channel'];
  const scenario: Scenario = { stages: ['instruction'], channel, timeline };
  return { clients: ['client-1'], metrics: [], messages: [], endSeconds: 10, scenario, ...rows };
}
