import Type, { type Static } from 'typebox';
import { closed } from '../../../settings/form.js';

const count = (minimum: number, description: string) => Type.Optional(Type.Integer({ minimum, description }));
const seconds = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

export const Fault = closed({
  effect: Type.Enum(['drop', 'corrupt', 'duplicate', 'delay', 'slow', 'blackout'], {
    description:
      'drop, corrupt: the attempt is lost (corrupt: to a failed checksum); duplicate: a second copy arrives; ' +
      'delay: the message arrives later, others may overtake it; slow: the rate is multiplied by `factor`; ' +
      'blackout: no signal from `fromSeconds` to `toSeconds`, for the messages that it names',
  }),
  client: count(1, 'number of the client at one end; absent: any'),
  direction: Type.Optional(Type.Enum(['uplink', 'downlink'])),
  kind: Type.Optional(Type.String({ description: 'kind of message, as in messages.jsonl' })),
  step: Type.Optional(Type.Enum(['1.1', '1.3', '1.4', '2.1', '2.3', '2.4', '3.3', '3.4'])),
  stage: Type.Optional(Type.Enum(['instruction', 'reward', 'alignment'])),
  round: count(0, 'round of the message, as in messages.jsonl'),
  attempt: count(1, 'only this attempt; absent: every attempt'),
  probability: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'of the effect where everything else matches; absent: 1',
    }),
  ),
  fromSeconds: seconds('virtual time from which the fault is there; absent: the start'),
  toSeconds: seconds('virtual time at which it is over; absent: the end'),
  delaySeconds: seconds('of "delay", and of the copy of "duplicate"; absent: 1'),
  factor: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'of "slow"; absent: 0.1' })),
});

/** One entry of a scenario's `channel.faults`; its place in that list is its identity. */
export type Fault = Static<typeof Fault>;
