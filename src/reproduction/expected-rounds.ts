import type { Stage } from '../../machines/protocol.js';
import { mean, sum } from '../moments.js';
import { messageCosts } from '../radio/link-study/message-costs.js';
import type { StudiedScenario } from '../radio/link-study/subject.js';
import type { MessagePayload, Payload } from '../radio/payload/payload.js';
import type { RoundMeans } from './drawn-rounds.js';
import { messagesOfRound, stageMessages } from './round-messages.js';

/**
 * What `rounds` rounds of a stage take and cost in the mean, in closed form: `messageCosts` of each round's messages,
 * for each client. A string tells why there is none.
 */
export function expectedRounds(
  scenario: StudiedScenario,
  payload: Pick<Payload, 'messages' | 'link'>,
  stage: Stage,
  rounds: number,
): RoundMeans | string {
  const messages = stageMessages(payload, stage);
  const clients = differentClients(scenario, payload);
  const known = new Map<string, RoundMeans | string>();
  const costs = Array.from({ length: rounds }, (_, before) => {
    const own = messagesOfRound(messages, before + 1);
    const key = own.map(({ kind, bits }) => `${kind} ${bits}`).join();
    const cost = known.get(key) ?? roundCosts(scenario, own, clients);
    known.set(key, cost);
    return cost;
  });
  const why = costs.find((cost) => typeof cost === 'string');
  if (why !== undefined) return why;
  const ofRounds = costs.filter((cost) => typeof cost !== 'string');
  return {
    delaySeconds: mean(ofRounds.map(({ delaySeconds }) => delaySeconds)),
    energyJoules: mean(ofRounds.map(({ energyJoules }) => energyJoules)),
  };
}

/** The numbers of all clients; of those with links alike the first stands for all. */
function differentClients({ clients }: StudiedScenario, { link }: Pick<Payload, 'link'>): readonly number[] {
  const areAlike = link.uplink.meanSnrDb !== null && link.downlink.meanSnrDb !== null;
  return Array.from({ length: areAlike ? 1 : clients.count }, (_, index) => index + 1);
}

function roundCosts(
  scenario: StudiedScenario,
  messages: readonly MessagePayload[],
  clients: readonly number[],
): RoundMeans | string {
  const costs = clients.flatMap((client) =>
    messages.map(({ direction, bits }) => messageCosts(scenario, { direction, client, bits })),
  );
  const why = costs.find((cost) => typeof cost === 'string');
  if (why !== undefined) return why;
  const known = costs.filter((cost) => typeof cost !== 'string');
  return {
    delaySeconds: sum(known.map(({ delaySeconds }) => delaySeconds)) / clients.length,
    energyJoules:
      (sum(known.map(({ energyJoules }) => energyJoules)) / clients.length) * scenario.clients.count,
  };
}
