import { sum } from '../moments.js';
import { messageCosts } from '../radio/link-study/message-costs.js';
import type { StudiedScenario } from '../radio/link-study/subject.js';
import type { MessagePayload } from '../radio/payload/payload.js';
import type { RoundMeans } from './drawn-rounds.js';
import { messagesOfRound, type StageMessages } from './round-messages.js';

/**
 * What `rounds` rounds take and cost in the mean, in closed form: `messageCosts` of the messages of a first and of a later
 * round, for each client. A string tells why there is none.
 */
export function expectedRounds(
  scenario: StudiedScenario,
  messages: StageMessages,
  rounds: number,
): RoundMeans | string {
  const first = roundCosts(scenario, messagesOfRound(messages, 1));
  const later = roundCosts(scenario, messagesOfRound(messages, 2));
  if (typeof first === 'string') return first;
  if (typeof later === 'string') return later;
  const over = (one: number, others: number) => (one + (rounds - 1) * others) / rounds;
  return {
    delaySeconds: over(first.delaySeconds, later.delaySeconds),
    energyJoules: over(first.energyJoules, later.energyJoules),
  };
}

function roundCosts(scenario: StudiedScenario, messages: readonly MessagePayload[]): RoundMeans | string {
  const { count } = scenario.clients;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const costs = numbers.flatMap((client) =>
    messages.map(({ direction, bits }) => messageCosts(scenario, { direction, client, bits })),
  );
  const why = costs.find((cost) => typeof cost === 'string');
  if (why !== undefined) return why;
  const known = costs.filter((cost) => typeof cost !== 'string');
  return {
    delaySeconds: sum(known.map(({ delaySeconds }) => delaySeconds)) / count,
    energyJoules: sum(known.map(({ energyJoules }) => energyJoules)),
  };
}
