import Type, { type Static, type TProperties } from 'typebox';
import { messageKinds, stages } from '../../machines/protocol.js';
import { closed } from '../settings/form.js';

/*
 * What a scenario scripts: a timeline of what happens to the run, and what is expected of it. It is data, so
 * that the manifest has all of it; a function of a user's TypeScript stands in it by the hash of its source.
 */

const optional = Type.Optional;
const client = Type.String({
  pattern: '^client-[1-9][0-9]*$',
  description: 'names a client, for example "client-3"',
});
const someClient = optional(
  Type.String({
    pattern: '^client-[1-9][0-9]*$',
    description: 'for example "client-3"; absent: every client',
  }),
);
const direction = optional(
  Type.Enum(['uplink', 'downlink'], { description: 'from the client to the server, or to it; absent: both' }),
);
const seconds = (description: string) => Type.Number({ exclusiveMinimum: 0, description });
const stage = optional(Type.Enum([...stages], { description: 'absent: any' }));
const round = optional(Type.Integer({ minimum: 0, description: 'absent: any' }));
const atLeast = optional(Type.Number({ description: 'lower limit, itself allowed; absent: none' }));
const atMost = optional(Type.Number({ description: 'upper limit, itself allowed; absent: none' }));
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the source of a function' });

const on = <N extends string, P extends TProperties>(name: N, description: string, own: P) =>
  closed({ on: Type.Literal(name, { description }), ...own });

/** What a run tells that a script can wait for. */
const Step = on('step', 'an actor enters a step of the paper', {
  step: Type.String({ pattern: '^[123]\\.[1-5]$', description: 'is a step, for example "3.3"' }),
  actor: optional(Type.String({ description: '"server" or "client-3"; absent: any' })),
  round,
});
const Metric = on('metric', 'a row of metrics.jsonl has this figure, and it is within the limits', {
  metric: Type.String({
    minLength: 1,
    description: 'for example "accuracy"; of a closed round "loss" or "updates"',
  }),
  task: optional(Type.String({ description: 'of the row, for example "evaluate", or "round"; absent: any' })),
  actor: optional(Type.String({ description: '"client-3", or "server" of a round; absent: any' })),
  stage,
  round,
  atLeast,
  atMost,
});
const Message = on('message', 'a message has ended: a row of messages.jsonl', {
  outcome: optional(Type.Enum(['delivered', 'dropped', 'in-flight'], { description: 'absent: any' })),
  kind: optional(Type.Enum([...messageKinds], { description: 'absent: any' })),
  from: optional(Type.String({ description: 'who sent it; absent: any' })),
  to: optional(Type.String({ description: 'to whom; absent: any' })),
  stage,
  round,
  reason: optional(Type.String({ description: 'why it was dropped, for example "outage"; absent: any' })),
  leftOut: optional(
    Type.String({ description: 'why its update is in no aggregate, as "late"; absent: any' }),
  ),
});
const CodeCondition = on('code', 'a function of the script says so', { sha256 });

export const Condition = Type.Union([Step, Metric, Message, CodeCondition], {
  description: 'what the run tells',
});
export type Condition = Static<typeof Condition>;

const action = <N extends string, P extends TProperties>(name: N, description: string, own: P) =>
  closed({ action: Type.Literal(name, { description }), ...own });

export const Action = Type.Union([
  action('blackout', 'no signal for so long', {
    client: someClient,
    direction,
    seconds: seconds('how long'),
  }),
  action('drop', 'every attempt is lost for so long', {
    client: someClient,
    direction,
    seconds: seconds('how long'),
  }),
  action('link', 'the link changes, until it is changed again', {
    client: someClient,
    direction,
    snrOffsetDb: optional(
      Type.Number({
        minimum: -200,
        maximum: 200,
        description: "added to the scenario's mean SNR; absent: as it is",
      }),
    ),
    rateFactor: optional(
      Type.Number({ exclusiveMinimum: 0, description: "of the scenario's rate; absent: as it is" }),
    ),
  }),
  action('slow', 'tasks that begin from now on take so many times as long', {
    client: someClient,
    factor: Type.Number({ exclusiveMinimum: 0, description: '2: twice as long; 1: as the scenario has it' }),
  }),
  action('crash', 'the client is off at once, and loses what it has not sent', {
    client,
    seconds: optional(seconds('until it is on again; absent: never, but for "join"')),
  }),
  action('leave', 'the client is off, with its model, until it joins', { client }),
  action('join', 'a client that has left or crashed is on again', { client }),
  action('weights', 'what a client wants, from its next training task on', {
    client,
    helpful: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'weight of helpfulness; harmlessness has the rest',
    }),
  }),
  action('stop', 'the run ends', {}),
  action('code', 'a function of the script is called', { sha256 }),
]);
export type Action = Static<typeof Action>;

export const TimelineEntry = closed({
  atSeconds: optional(Type.Number({ minimum: 0, description: 'virtual time at which it happens' })),
  everySeconds: optional(seconds('virtual seconds from one time that it happens to the next')),
  fromSeconds: optional(
    Type.Number({ minimum: 0, description: 'with everySeconds: the first time; absent: everySeconds' }),
  ),
  toSeconds: optional(Type.Number({ minimum: 0, description: 'with everySeconds: no later than this' })),
  when: optional(Condition),
  times: optional(
    Type.Integer({
      minimum: 1,
      description: 'with when: how many times at most; absent: the first time only',
    }),
  ),
  do: Type.Array(Action, { minItems: 1, description: 'what happens, in this order' }),
});
export type TimelineEntry = Static<typeof TimelineEntry>;

export const Timeline = Type.Array(TimelineEntry, {
  default: [],
  description: 'what happens to the run, and when: each entry has one of atSeconds, everySeconds and when',
});

const expectation = <N extends string, P extends TProperties>(name: N, description: string, own: P) =>
  closed({
    expect: Type.Literal(name, { description }),
    name: optional(Type.String({ minLength: 1, description: 'what it says, for who reads that it broke' })),
    ...own,
  });

export const Expectation = Type.Union([
  expectation('eventually', 'it happens at least once', { when: Condition }),
  expectation('never', 'it never happens', { when: Condition }),
  expectation('finally', 'a figure of summary.json is there, and within the limits', {
    figure: Type.String({
      pattern: '^/',
      description: 'JSON pointer into the summary, for example /stages/instruction/accuracy',
    }),
    atLeast,
    atMost,
    is: optional(
      Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()], {
        description: 'its value, in place of limits',
      }),
    ),
  }),
  expectation('code', 'a function of the script holds for the summary', { sha256 }),
]);
export type Expectation = Static<typeof Expectation>;

export const Expectations = Type.Array(Expectation, {
  default: [],
  description: 'what is expected of the run; `pwff run --check` fails where it does not hold',
});
