import { stream, type Stream } from '../../../simulation/random/stream.js';
import { valueOf, type KeyedClient } from '../../../settings/per-client.js';
import type { Cell } from './settings.js';
import { distanceQuantity } from './stated-snr.js';

/** In meters, the server at 0, 0. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Where a client is over virtual time: functions of the time alone, in whatever order they are asked. */
export interface Track {
  at(seconds: number): Position;
  /** Horizontal distance to the server; it may be below the cell's `minDistanceMeters`. */
  distanceMeters(seconds: number): number;
  /** Length of the way travelled since time 0, what an odometer would show. */
  travelledMeters(seconds: number): number;
}

/** A client that stays where it is. */
export function standing(position: Position): Track {
  const distance = Math.sqrt(position.x * position.x + position.y * position.y);
  return { at: () => position, distanceMeters: () => distance, travelledMeters: () => 0 };
}

/**
 * Where a client is at time 0: at the position or at the distance that the scenario gives, else uniform over
 * the cell. RangeError if the scenario lists them, but none for this client.
 */
export function startOf(
  cell: Pick<Cell, 'positions' | 'distanceMeters' | keyof Ring>,
  client: KeyedClient,
): Position {
  const draw = stream(client.seed, 'position', client.id);
  if (cell.distanceMeters !== null) {
    return inAnyDirection(valueOf(cell.distanceMeters, distanceQuantity, client), draw);
  }
  if (cell.positions === null) return uniformOver(cell, draw);
  const [x, y] = cell.positions[client.index] ?? [];
  if (x === undefined || y === undefined) {
    throw new RangeError(`${client.id} has no position: expected one at index ${client.index}`);
  }
  return { x, y };
}

/** The ring around the server in which clients may be. */
export type Ring = Pick<Cell, 'radiusMeters' | 'minDistanceMeters'>;

/** A point uniform over the ring's area: its distance r has P(r <= d) = (d^2 - min^2) / (radius^2 - min^2). */
export function uniformOver({ radiusMeters, minDistanceMeters }: Ring, draw: Stream): Position {
  const inner = minDistanceMeters * minDistanceMeters;
  const outer = radiusMeters * radiusMeters;
  return inAnyDirection(Math.sqrt(inner + (outer - inner) * draw.uniform()), draw);
}

/** The direction is that of a point in the unit disc, found by rejection, which takes no sine (see stream.ts). */
function inAnyDirection(distance: number, draw: Stream): Position {
  for (;;) {
    const x = 2 * draw.uniform() - 1;
    const y = 2 * draw.uniform() - 1;
    const squared = x * x + y * y;
    if (squared === 0 || squared > 1) continue;
    const scale = distance / Math.sqrt(squared);
    return { x: x * scale, y: y * scale };
  }
}
