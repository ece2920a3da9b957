import { assign, enqueueActions, type AnyActorRef } from 'xstate';
import { cellMachine, type AttemptEnded, type CellContext } from '../../machines/cell.js';
import { nameOf } from '../../machines/events.js';
import type { Direction } from '../radio/channel/directions/settings.js';
import { Cell } from '../radio/cell/cell.js';
import type { World } from './world.js';

/** Name of the scheduler's actor of a direction. */
export const cellId = (direction: Direction) => `cell/${direction}`;

/** The directions whose band a scheduler divides. */
export function scheduledDirections({ links }: Pick<World, 'links'>): readonly Direction[] {
  return [...new Set(links.all.flatMap((link) => (link.sharedBand ? [link.direction] : [])))];
}

/** Implements the chart of the cell: who sends, what each gets, and when the next attempt ends. */
export function provideCell({ clock, links, events }: Pick<World, 'clock' | 'links' | 'events'>) {
  const cells = new Map<Direction, Cell>();
  for (const { direction, sharedBand } of links.all) {
    if (sharedBand && !cells.has(direction)) cells.set(direction, new Cell(sharedBand));
  }
  const cellOf = ({ direction }: CellContext) => cells.get(direction)!;
  const linksOf = (context: CellContext) => ({ links: cellOf(context).links });
  return cellMachine.provide({
    actions: {
      admit: assign(({ context, event }) => {
        if (event.type !== 'attempt.begins') return {};
        const { envelope, bits } = event.message;
        const beginning = { link: links.of(event.link), message: nameOf(envelope.message), bits };
        cellOf(context).begin({ ...beginning, number: event.number }, clock.nowSeconds);
        return linksOf(context);
      }),
      cutOff: assign(({ context, event }) => {
        cellOf(context).leave(event.link, clock.nowSeconds);
        return linksOf(context);
      }),
      lookAhead: assign(({ context }) => ({ changesAtSeconds: cellOf(context).lookAhead() })),
      commit: assign(({ context }) => {
        cellOf(context).arrive();
        return linksOf(context);
      }),
      tellLinks: enqueueActions(({ context, enqueue, system }) => {
        const cell = cellOf(context);
        events.tell({ type: 'band', direction: context.direction, given: cell.takeGiven() });
        for (const { link, attempt } of cell.takeEnded()) {
          const event: AttemptEnded = { type: 'attempt.ended', attempt };
          enqueue.sendTo(system.get(link) as AnyActorRef, event);
        }
      }),
    },
    guards: { isEmpty: ({ context }) => context.links.length === 0 },
    delays: {
      // The clock may have been rounded to a moment after it.
      nextChange: ({ context }) => Math.max(0, context.changesAtSeconds - clock.nowSeconds) * 1e3,
    },
  });
}
