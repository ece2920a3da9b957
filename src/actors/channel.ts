import { assign, enqueueActions, fromCallback, type AnyActorRef } from 'xstate';
import type { CellEvent } from '../../machines/cell.js';
import { nameOf, type Message } from '../../machines/events.js';
import {
  channelMachine,
  type ChannelContext,
  type ChannelEvent,
  type QueuedMessage,
} from '../../machines/channel.js';
import { cellId } from './cell.js';
import { untouched, type LinkAccount } from '../simulation/bus/bus.js';
import { attemptsAt, type Attempt, type BandUse } from '../radio/channel/attempts.js';
import { isSentAgain } from '../radio/channel/sent-again.js';
import { withAllotment } from '../radio/channel/changes.js';
import { cutOff, unheardOf } from '../radio/channel/cut-off.js';
import { arrivalFaults, type ArrivalFaults } from '../radio/channel/faults/faults.js';
import { isShared, type Link } from '../radio/channel/link.js';
import type { PartOf } from './part-of-update.js';
import type { Presence } from './presence.js';
import type { World } from './world.js';

/**
 * Implements the chart of the links: messages come from the bus, attempts and delays from the link, and
 * what happens is reported to the bus. `partOf` says what of a message that is given up can be used.
 */
export function provideChannel(
  {
    bus,
    clock,
    links,
    presence,
  }: Pick<World, 'bus' | 'clock' | 'links'> & { readonly presence: Pick<Presence, 'isOn'> },
  partOf: PartOf = () => null,
) {
  const linkOf = ({ link: id }: Pick<ChannelContext, 'link'>): Link => links.of(id);
  const attemptsNow = (context: ChannelContext): readonly Attempt[] => {
    const { envelope, bits } = firstMessage(context);
    const link = allottedTo(envelope.message, linkOf(context));
    const isInGroup = ({ sender, recipient }: Link) =>
      sender === link.sender && envelope.group.includes(recipient) && presence.isOn(recipient);
    const group = link.isBroadcast ? links.all.filter(isInGroup) : [link];
    return attemptsAt(bits, link, nameOf(envelope.message), clock.nowSeconds, group);
  };
  const faultsAtArrival = (link: Link, message: Message): ArrivalFaults =>
    link.faults.length === 0
      ? noFaults
      : arrivalFaults(link.faults, { ...link, ...nameOf(message), link: link.id }, clock.nowSeconds);
  const arrive = (context: ChannelContext) => {
    if (!attemptUnderWay(context).arrives) return;
    const { envelope } = firstMessage(context);
    const { delaySeconds, copiesAfterSeconds } = faultsAtArrival(linkOf(context), envelope.message);
    bus.report(stateOf(context, 'delivered'), delaySeconds);
    for (const after of copiesAfterSeconds) bus.duplicate(envelope, delaySeconds + after);
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
      enqueue: assign(({ context, event }) =>
        event.type === 'message.sent' ? { queue: [...context.queue, event.message] } : {},
      ),
      beginAttempt: assign(({ context }) => ({
        begun: context.begun + 1,
        attempts: context.begun === 0 ? attemptsNow(context) : context.attempts,
      })),
      askForBand: enqueueActions(({ context, enqueue, system }) => {
        const number = context.begun + 1;
        enqueue.assign({ begun: number });
        const message = firstMessage(context);
        const event: CellEvent = { type: 'attempt.begins', link: context.link, message, number };
        enqueue.sendTo(cellOf(linkOf(context), system), event);
      }),
      leaveBand: enqueueActions(({ context, enqueue, system }) => {
        const event: CellEvent = { type: 'attempt.cut', link: context.link };
        enqueue.sendTo(cellOf(linkOf(context), system), event);
      }),
      keepAttempt: assign(({ context, event }) =>
        event.type === 'attempt.ended' ? { attempts: [...context.attempts, event.attempt] } : {},
      ),
      cutAttempt: assign(({ context }) => {
        const { sender } = linkOf(context);
        const end = presence.isOn(sender) ? 'receiver' : 'sender';
        return endingWith(context, cutOff(attemptUnderWay(context), end, clock.nowSeconds));
      }),
      sendNoMore: assign(({ context }) => endingWith(context, unheardOf(attemptUnderWay(context)))),
      reportAttempt: ({ context }) =>
        bus.report({ ...stateOf(context, 'attempt'), attempt: attemptUnderWay(context) }),
      reportArrival: ({ context }) => arrive(context),
      reportSettled: ({ context }) => {
        const isDelivered = context.attempts.some(({ arrives }) => arrives);
        const { packetsAfter, acknowledged, lost: reason } = attemptUnderWay(context);
        const { message } = firstMessage(context).envelope;
        const partial = isDelivered || !packetsAfter ? null : partOf(message, packetsAfter);
        bus.report({
          ...stateOf(context, 'settled'),
          outcome: isDelivered ? 'delivered' : 'dropped',
          ...{ acknowledged, reason },
          ...(partial && { partial }),
        });
      },
      reportRefused: ({ context }) =>
        bus.report({
          ...stateOf(context, 'settled'),
          outcome: 'dropped',
          acknowledged: false,
          reason: 'offline',
        }),
      dequeue: assign(({ context }) => ({ queue: context.queue.slice(1), attempts: [], begun: 0 })),
    },
    guards: {
      hasMessage: ({ context }) => context.queue.length > 0,
      cannotSend: ({ context }) => {
        const { sender, recipient } = linkOf(context);
        return context.queue.length > 0 && !(presence.isOn(sender) && presence.isOn(recipient));
      },
      isAcknowledged: ({ context }) => attemptUnderWay(context).acknowledged,
      arrives: ({ context }) => attemptUnderWay(context).arrives,
      isInOutage: ({ context }) => outages.includes(attemptUnderWay(context).lost),
      isScheduled: ({ context }) => isShared(linkOf(context)),
      sendsAgain: ({ context }) => {
        const link = linkOf(context);
        return isShared(link)
          ? isSentAgain(attemptUnderWay(context), context.begun, link)
          : context.begun < context.attempts.length;
      },
    },
    delays: {
      attemptEnds: ({ context }) => attemptUnderWay(context).seconds * 1e3,
      nextAttempt: ({ context }) => attemptUnderWay(context).waitSeconds * 1e3,
    },
  });
}

/** The link as an update has it, which goes by what its order allots. */
function allottedTo(message: Message, link: Link): Link {
  const allotment = message.direction === 'up' ? message.answers.allotment : undefined;
  return allotment ? withAllotment(link, allotment) : link;
}

/** The scheduler's actor of a link's direction. */
function cellOf({ direction }: Link, system: { get(id: string): unknown }): AnyActorRef {
  return system.get(cellId(direction)) as AnyActorRef;
}

/** The attempts up to the one under way, in whose place this one is the last. */
function endingWith({ attempts, begun }: ChannelContext, last: Attempt): Pick<ChannelContext, 'attempts'> {
  return { attempts: [...attempts.slice(0, begun - 1), last] };
}

const noFaults: ArrivalFaults = { delaySeconds: 0, copiesAfterSeconds: [] };

const outages: readonly Attempt['lost'][] = ['outage', 'timeout'];

/** The first message with its account over the attempts that have begun. */
function stateOf<Phase>(context: ChannelContext, phase: Phase): State<Phase> {
  const { envelope, bits } = firstMessage(context);
  const begun = context.attempts.slice(0, context.begun);
  return begun.reduce<State<Phase>>(
    (account, attempt, index) => ({
      phase,
      envelope,
      bits,
      attempts: index + 1,
      onAirSeconds: account.onAirSeconds + attempt.onAirSeconds,
      airBits: account.airBits + attempt.airBits,
      transmitJoules: account.transmitJoules + attempt.transmitJoules,
      receiveJoules: account.receiveJoules + attempt.receiveJoules,
      idleJoules: account.idleJoules + attempt.idleJoules,
      energyJoules: account.energyJoules + attempt.energyJoules,
      blackoutSeconds: account.blackoutSeconds + attempt.blackoutSeconds,
      blackouts: joined(account.blackouts, attempt.blackouts),
      ...(attempt.band && { band: bandUse(account.band, attempt.band) }),
    }),
    { phase, envelope, bits, ...untouched },
  );
}

interface State<Phase> extends LinkAccount, Pick<QueuedMessage, 'envelope'> {
  readonly phase: Phase;
}

/** Each once, rising. */
function joined(some: readonly number[], more: readonly number[]): readonly number[] {
  return more.length === 0 ? some : [...new Set([...some, ...more])].sort((a, b) => a - b);
}

function bandUse(before: BandUse = { seconds: 0, waitSeconds: 0 }, more: BandUse): BandUse {
  return { seconds: before.seconds + more.seconds, waitSeconds: before.waitSeconds + more.waitSeconds };
}

function firstMessage({ link, queue }: ChannelContext): QueuedMessage {
  const [first] = queue;
  if (!first) throw new Error(`${link} transmits although nothing was sent over it`);
  return first;
}

function attemptUnderWay({ link, attempts, begun }: ChannelContext): Attempt {
  const attempt = attempts[begun - 1];
  if (!attempt) throw new Error(`${link} ends an attempt that it never began`);
  return attempt;
}
