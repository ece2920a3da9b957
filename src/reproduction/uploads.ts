import { stages, type Stage } from '../../machines/protocol.js';
import { sum } from '../moments.js';
import type { Payload } from '../radio/payload/payload.js';
import type { MethodName } from '../strategies/methods/index.js';
import { stageMessages } from './round-messages.js';

/**
 * Seconds that one client's uploads of a round take in the mean, bits over the ergodic rate; by method and stage, null where that
 * rate does not follow from the scenario. Joules are as many, at 1 W.
 */
export type Uploads = Readonly<Record<string, Readonly<Record<Stage, number | null>>>>;

export function uploadsOf(payloads: ReadonlyMap<MethodName, Payload>): Uploads {
  return Object.fromEntries(
    [...payloads].map(([method, payload]) => [
      method,
      Object.fromEntries(stages.map((stage) => [stage, secondsOf(payload, stage)])) as Record<
        Stage,
        number | null
      >,
    ]),
  );
}

function secondsOf(payload: Payload, stage: Stage): number | null {
  const { meanRateBps } = payload.link.uplink;
  const { uploads } = stageMessages(payload, stage);
  if (meanRateBps === null || uploads.length === 0) return null;
  const rounds = new Set(uploads.flatMap(({ rounds }) => rounds ?? [])).size;
  return sum(uploads.map(({ bits, rounds }) => bits * (rounds?.length ?? 0))) / rounds / meanRateBps;
}
