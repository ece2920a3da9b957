import Type, { type Static, type TProperties } from 'typebox';
import { messageKinds } from '../../../../machines/protocol.js';
import { closed, longestSeconds } from '../../../settings/form.js';

const count = (minimum: number, description: string) => Type.Optional(Type.Integer({ minimum, description }));
const seconds = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

/** What goes with every effect. */
const always = {
  client: count(1, 'number of the client at one end; absent: any'),
  direction: Type.Optional(
    Type.Enum(['uplink', 'downlink'], { description: 'from a client to the server, or to it; absent: both' }),
  ),
  probability: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'of the effect where everything else matches; absent: 1',
    }),
  ),
  fromSeconds: seconds('virtual time from which the fault is there; absent: the start'),
  toSeconds: seconds('virtual time at which it is over; absent: the end'),
};

/** What goes with effects on messages: all that is named has to agree. */
const ofMessages = {
  kind: Type.Optional(
    Type.Enum([...messageKinds], { description: 'kind of message, as in messages.jsonl; absent: any' }),
  ),
  step: Type.Optional(
    Type.Enum(['1.1', '1.3', '1.4', '2.1', '2.3', '2.4', '3.3', '3.4'], {
      description: 'step in which the message is sent; absent: any',
    }),
  ),
  stage: Type.Optional(
    Type.Enum(['instruction', 'reward', 'alignment'], { description: 'of the message; absent: any' }),
  ),
  round: count(0, 'round of the message, as in messages.jsonl; absent: any'),
};

/** What goes with some effects. */
const ofSome = {
  ...ofMessages,
  attempt: count(1, 'only this attempt; absent: every attempt'),
  delaySeconds: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: longestSeconds,
      description: 'of the delay, or of the copy; absent: 1',
    }),
  ),
  factor: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 1e3, description: 'of the rate; absent: 0.1' }),
  ),
};
const { attempt, delaySeconds, factor } = ofSome;

const variant = <E extends string, P extends TProperties>(effect: E, description: string, own: P) =>
  closed({ effect: Type.Literal(effect, { description }), ...always, ...own });

/** All that any fault has, for who reads it. */
type AnyFault = Static<ReturnType<typeof variant<Effect, typeof ofSome>>>;
type Effect = 'drop' | 'corrupt' | 'duplicate' | 'delay' | 'slow' | 'blackout';

/** A variant for each effect, so that an editor, too, knows what goes with it. */
export const Fault = Type.Unsafe<AnyFault>(
  Type.Union([
    variant('drop', 'the attempt is lost', { ...ofMessages, attempt }),
    variant('corrupt', 'the attempt is lost, to a failed checksum', { ...ofMessages, attempt }),
    variant('duplicate', 'a second copy arrives, `delaySeconds` later', { ...ofMessages, delaySeconds }),
    variant('delay', 'the message arrives later, others may overtake it', { ...ofMessages, delaySeconds }),
    variant('slow', 'the rate is multiplied by `factor`', { ...ofMessages, attempt, factor }),
    variant(
      'blackout',
      'no signal from `fromSeconds` to `toSeconds`, for the messages that it names',
      ofMessages,
    ),
  ]),
);

/** One entry of a scenario's `channel.faults`; its place in that list is its identity. */
export type Fault = Static<typeof Fault>;
