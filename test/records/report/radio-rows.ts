import type { AttemptStory, ClientRow, MessageRow, RoundRow } from '../../../src/records/rows.js';
import { noEnergy } from '../../../src/records/energy/energy.js';

/** An upload of 1 Mbit that was averaged in round 1, 2 s on the air, unless told otherwise. */
export function messageRow(some: Partial<MessageRow>): MessageRow {
  return {
    id: 1,
    copyOf: null,
    from: 'client-1',
    to: 'server',
    kind: 'update',
    step: '1.3',
    stage: 'instruction',
    round: 1,
    params: [],
    bits: 1e6,
    attempts: 1,
    outcome: 'delivered',
    reason: null,
    acknowledged: true,
    onAirSeconds: 2,
    airBits: 1e6,
    delaySeconds: 2,
    energyJoules: 2,
    transmitJoules: 2,
    receiveJoules: 0,
    idleJoules: 0,
    blackoutSeconds: 0,
    blackouts: [],
    price: 0,
    sentVirtualSeconds: 0,
    endedVirtualSeconds: 2,
    aggregatedIn: 1,
    leftOut: null,
    ...some,
  };
}

/** A round of instruction tuning that closed after `virtualSeconds` with one of two updates. */
export function roundRow(some: Partial<RoundRow>): RoundRow {
  return {
    type: 'round',
    stage: 'instruction',
    round: 1,
    virtualSeconds: 10,
    seconds: 10,
    delaySeconds: 2,
    energyJoules: 4,
    loss: 1,
    cohort: 2,
    updates: 1,
    late: 0,
    verdict: 'continue',
    members: ['client-1', 'client-2'],
    closedBy: 'answers',
    energy: noEnergy,
    ...some,
  };
}

export function evaluation(
  actor: string,
  round: number,
  accuracy: number,
  sharedAccuracy: number,
): ClientRow {
  return {
    type: 'client',
    stage: 'instruction',
    round,
    actor,
    virtualSeconds: 0,
    task: 'evaluate',
    metrics: { accuracy, sharedAccuracy },
  };
}

/** An attempt of a second over ten blocks that arrived. */
export function attemptStory(some: Partial<AttemptStory>): AttemptStory {
  return {
    atSeconds: 0,
    seconds: 1,
    onAirSeconds: 1,
    airBits: 1e6,
    packets: 1,
    lostPackets: 0,
    lost: null,
    acknowledged: true,
    energyJoules: 1,
    blocks: 10,
    ...some,
  };
}
