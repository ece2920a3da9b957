import { greatest } from '../extremes.js';
import { clientIds } from '../learning/data/client-ids.js';
import { mean, sum } from '../moments.js';
import { attemptsAt } from '../radio/channel/attempts.js';
import { linksOf, type Link } from '../radio/channel/link.js';
import type { StudiedScenario } from '../radio/link-study/subject.js';
import type { MessagePayload } from '../radio/payload/payload.js';
import { UserError } from '../errors.js';
import { messagesOfRound, type StageMessages } from './round-messages.js';

/** Means over the rounds of a stage, as in summary.json. */
export interface RoundMeans {
  /** Of a client's messages in transit, mean over the clients. */
  readonly delaySeconds: number;
  /** Of all attempts of all clients, in both directions. */
  readonly energyJoules: number;
}

/**
 * Sends the messages of `rounds` rounds over a scenario's links, attempt by attempt, and says what they took and cost. A
 * round begins for all clients when the one before has ended for all; no time goes by with computing, and no deadline
 * cuts a message off. Fades and losses follow from seed, link, time and what the message is, as in a run.
 *
 * @throws UserError where links have no part of the band to themselves, or go by recordings.
 */
export function drawnRounds(scenario: StudiedScenario, messages: StageMessages, rounds: number): RoundMeans {
  refuseShared(scenario);
  const ids = clientIds(scenario.clients.count);
  const links = linksOf(scenario, ids);
  const clients = ids.map((_, index) => links.slice(2 * index, 2 * index + 2));
  const delays: number[] = [];
  const joules: number[] = [];
  let atSeconds = 0;
  for (let round = 1; round <= rounds; round++) {
    const begun = atSeconds;
    const own = clients.map((pair) => sentBy(pair, messagesOfRound(messages, round), round, begun));
    delays.push(mean(own.map(({ delaySeconds }) => delaySeconds)));
    joules.push(sum(own.map(({ energyJoules }) => energyJoules)));
    atSeconds = begun + greatest(own.map(({ delaySeconds }) => delaySeconds));
  }
  return { delaySeconds: mean(delays), energyJoules: mean(joules) };
}

function refuseShared({ channel }: StudiedScenario): void {
  const links = linksOf({ seed: 0, channel }, clientIds(1));
  const isAlone = links.every(
    ({ sharedBand, air, isBroadcast }) => sharedBand === null && air === null && !isBroadcast,
  );
  if (isAlone && channel.fading !== 'trace') return;
  throw new UserError(
    '--preset: draws messages on links of their own, expected a scenario without trace, broadcast, scheduler and ' +
      'over-the-air; take --preset embedded',
  );
}

/** One client's messages, one after the other. */
function sentBy(
  pair: readonly Link[],
  messages: readonly MessagePayload[],
  round: number,
  startSeconds: number,
): RoundMeans {
  let atSeconds = startSeconds;
  let energyJoules = 0;
  for (const { kind, step, stage, direction, bits } of messages) {
    const link = pair.find((each) => each.direction === direction)!;
    const attempts = attemptsAt(bits, link, { kind, step, stage, round }, atSeconds);
    energyJoules += sum(attempts.map((attempt) => attempt.energyJoules));
    const last = attempts.find(({ arrives }) => arrives) ?? attempts.at(-1)!;
    atSeconds = last.atSeconds + last.seconds + (last.arrives ? 0 : last.waitSeconds);
  }
  return { delaySeconds: atSeconds - startSeconds, energyJoules };
}
