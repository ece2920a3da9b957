import { assign, fromCallback } from 'xstate';
import type { Message } from '../../machines/events.js';
import {
  channelMachine,
  type Attempt,
  type ChannelContext,
  type ChannelEvent,
  type QueuedMessage,
} from '../../machines/channel.js';
import type { Bus, Ends, LinkAccount } from '../bus/bus.js';
import { energyJoules } from '../channel/energy.js';
import { retransmissions } from '../channel/retransmission.js';
import { transmit, type Link } from '../channel/transmission.js';
import { stream } from '../random/stream.js';
import type { Scenario } from '../scenario/schema.js';

/** One link of a run: who is at its ends, what it is like, and the seed that keys its draws. */
export interface RadioLink extends Link, Ends {
  /** Also the systemId of its actor. */
  readonly id: string;
  readonly seed: number;
  readonly powerWatts: number;
  readonly retransmission: Scenario['channel']['retransmission'];
  readonly maxTransmissions: number;
  readonly feedbackSeconds: number;
}

/** What tells a message from all others on its link. */
export type KeyedMessage = Pick<Message, 'kind' | 'stage' | 'round'>;

/** The links of a run: an uplink and a downlink for each client, each with the client's own band. */
export function linksOf(
  { seed, channel }: Pick<Scenario, 'seed' | 'channel'>,
  clients: readonly string[],
): readonly RadioLink[] {
  const { uplink, downlink, ...both } = channel;
  return clients.flatMap((client) => [
    { ...both, ...uplink, seed, id: `${client}/uplink`, sender: client, recipient: 'server' },
    { ...both, ...downlink, seed, id: `${client}/downlink`, sender: 'server', recipient: client },
  ]);
}

/**
 * What the n-th attempt (from 1) at a message goes through: a function of the seed, the link, the message and
 * the attempt (decision D3), whatever else is on the air. The message counts by what it is and not by its
 * number, which depends on everybody else's messages; a link carries a kind of message once a round.
 */
export function attemptOf(link: RadioLink, message: KeyedMessage, attempt: number, bits: number): Attempt {
  const key = [link.id, message.kind, message.stage, message.round, attempt] as const;
  const { onAirSeconds, lost } = transmit(bits, link, {
    fading: stream(link.seed, 'fading', ...key),
    loss: stream(link.seed, 'loss', ...key),
  });
  return { onAirSeconds, energyJoules: energyJoules(link.powerWatts, onAirSeconds), lost };
}

/** Gives the links' chart its messages from the bus, its draws and delays, and lets it report to the bus. */
export function provideChannel({ bus }: { readonly bus: Bus }, links: readonly RadioLink[]) {
  const byId = new Map(links.map((link) => [link.id, link]));
  const linkOf = ({ link: id }: Pick<ChannelContext, 'link'>): RadioLink => {
    const link = byId.get(id);
    if (!link) throw new Error(`no link is called ${id}`);
    return link;
  };
  return channelMachine.provide({
    actors: {
      messages: fromCallback<ChannelEvent, { link: string }>(({ sendBack, input }) => {
        const queue = bus.queueOf(linkOf(input)).subscribe(({ envelope, bits }) => {
          sendBack({ type: 'message.sent', message: { envelope, bits } });
        });
        return () => queue.unsubscribe();
      }),
    },
    actions: {
      enqueue: assign(({ context, event }) => ({ queue: [...context.queue, event.message] })),
      startAttempt: assign(({ context }) => attempted(context, linkOf(context))),
      reportAttempt: ({ context }) =>
        bus.report({ phase: 'attempt', ...accountOf(context), attempt: attemptUnderWay(context) }),
      reportDelivered: ({ context }) => bus.report({ phase: 'delivered', ...accountOf(context) }),
      reportDropped: ({ context }) =>
        bus.report({
          phase: 'dropped',
          ...accountOf(context),
          reason: attemptUnderWay(context).lost ?? 'loss',
        }),
      dequeue: assign(({ context }) => ({
        queue: context.queue.slice(1),
        attempt: null,
        attempts: 0,
        onAirSeconds: 0,
        energyJoules: 0,
      })),
    },
    guards: {
      hasMessage: ({ context }) => context.queue.length > 0,
      wasLost: ({ context }) => attemptUnderWay(context).lost !== null,
      sendsAgain: ({ context }) => {
        const { lost } = attemptUnderWay(context);
        const link = linkOf(context);
        const { sendsAgain } = retransmissions[link.retransmission];
        return lost !== null && sendsAgain(context.attempts, lost, link.maxTransmissions);
      },
    },
    delays: {
      onAir: ({ context }) => attemptUnderWay(context).onAirSeconds * 1e3,
      feedback: ({ context }) => linkOf(context).feedbackSeconds * 1e3,
    },
  });
}

function attempted(context: ChannelContext, link: RadioLink): Partial<ChannelContext> {
  const { envelope, bits } = firstMessage(context);
  const attempts = context.attempts + 1;
  const attempt = attemptOf(link, envelope.message, attempts, bits);
  return {
    attempt,
    attempts,
    onAirSeconds: context.onAirSeconds + attempt.onAirSeconds,
    energyJoules: context.energyJoules + attempt.energyJoules,
  };
}

function accountOf(context: ChannelContext): LinkAccount & Pick<QueuedMessage, 'envelope'> {
  const { envelope, bits } = firstMessage(context);
  const { attempts, onAirSeconds, energyJoules } = context;
  return { envelope, bits, attempts, onAirSeconds, energyJoules };
}

function firstMessage({ link, queue }: ChannelContext): QueuedMessage {
  const [first] = queue;
  if (!first) throw new Error(`${link} transmits although nothing was sent over it`);
  return first;
}

function attemptUnderWay({ link, attempt }: ChannelContext): Attempt {
  if (!attempt) throw new Error(`${link} ends an attempt that it never began`);
  return attempt;
}
