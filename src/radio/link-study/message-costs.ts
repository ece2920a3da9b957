import { truncatedArqMeanTransmissions } from '../channel/closed-forms.js';
import type { Direction } from '../channel/directions/settings.js';
import { retransmissions } from '../channel/retransmission/index.js';
import { blockMeans } from './block-means.js';
import { subjectOf, type StudiedScenario } from './subject.js';
import { transferTime } from './transfer-time.js';

/** What a message takes in the mean, its repeats counted, from its first bit until it has arrived. */
export interface MessageCosts {
  readonly delaySeconds: number;
  readonly energyJoules: number;
}

/**
 * Closed form of a whole message's delay and energy: those of one attempt (`transferTime`: bits over the ergodic rate, and
 * the part of a block that its beginning costs), times the mean number of attempts of truncated ARQ, and a feedback for
 * each that was lost. A string tells why there is none.
 */
export function messageCosts(
  scenario: StudiedScenario,
  {
    direction,
    client,
    bits,
  }: { readonly direction: Direction; readonly client: number; readonly bits: number },
): MessageCosts | string {
  const { channel } = scenario;
  if (channel.fading === 'trace') return 'the gains stand in a file';
  if (channel.lossProbability > 0 && channel.packetBits !== null) return 'packets are lost';
  if (channel.backoffSeconds > 0) return 'senders back off';
  const subject = subjectOf({ ...scenario, channel: { ...channel, lossProbability: 0 } }, null, {
    direction,
    client,
  });
  if (subject.link.scheduled !== null) return 'a scheduler divides the band over those who send';
  const means = blockMeans(subject);
  if (means === null) return 'the sender knows a gain of another block';
  const attempt = transferTime(subject, bits, means);
  if (typeof attempt === 'string') return attempt;
  const { maxTransmissions, idlePowerWatts, feedbackSeconds } = subject.link;
  const most = retransmissions[channel.retransmission].maxTransmissions(maxTransmissions);
  const attempts = truncatedArqMeanTransmissions(channel.lossProbability, most);
  const waitSeconds = (attempts - 1) * feedbackSeconds;
  return {
    delaySeconds: attempts * attempt.delaySeconds.mean + waitSeconds,
    energyJoules: attempts * attempt.energyJoules + waitSeconds * idlePowerWatts,
  };
}
