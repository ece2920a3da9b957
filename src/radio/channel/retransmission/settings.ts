import Type from 'typebox';
import { count, duration, fraction, nullable, type Settings } from '../../../settings/form.js';

/** Most attempts that a scenario can give a message: a bound on the work of one. */
const mostTransmissions = 1000;

/** How lost packets are sent again, and when a message is given up. */
export const retransmissionSettings = {
  retransmission: Type.Enum(['none', 'arq', 'harq-chase', 'harq-ir'], {
    default: 'arq',
    description:
      'of the packets that were lost (selective repeat). harq-chase, harq-ir: with rate "fixed", the receiver ' +
      'adds up the signal-to-noise ratios (Chase combining) or the information (incremental redundancy)',
  }),
  maxTransmissions: Type.Integer({
    minimum: 1,
    maximum: mostTransmissions,
    default: 4,
    description: 'attempts until the message is given up',
  }),
  feedbackSeconds: duration(0.01, 'time until a sender knows that an attempt was lost'),
  backoffSeconds: duration(0, 'further wait before the second attempt'),
  backoffFactor: Type.Number({
    minimum: 1,
    default: 2,
    description: 'growth of that wait with each attempt, up to 1e9 seconds',
  }),
  ackLossProbability: fraction(0, 'probability that the sender does not hear of what has arrived'),
  packetBits: nullable(
    Type.Integer({ minimum: 1 }),
    'payload of a packet; each is lost and sent again by itself. null: the message is one packet',
  ),
  packetHeaderBits: count(0, 0, 'bits that every packet carries besides its payload'),
  maxAttemptSeconds: duration(1e5, 'an attempt that would take longer is given up as timed out', {
    above: 0,
  }),
};

export type RetransmissionSettings = Settings<typeof retransmissionSettings>;
