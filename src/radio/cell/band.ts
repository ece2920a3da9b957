import type { Transmission } from './transmission.js';

/** The band of a direction at a moment: who is on the air, and what the scheduler has given since `sinceSeconds`. */
export interface Band {
  atSeconds: number;
  /** In the order of the clients' numbers. */
  on: Transmission[];
  /** The most that was given at any time, 1 being all of the band. */
  mostGiven: number;
  /** Time in which a part of the band was idle though somebody could have sent. */
  idleSeconds: number;
}

export const emptyBand = (): Band => ({ atSeconds: 0, on: [], mostGiven: 0, idleSeconds: 0 });

/** The same band, to look ahead on. */
export function copyOf(band: Band): Band {
  return { ...band, on: band.on.map((transmission) => ({ ...transmission })) };
}

/** Puts one more on the air, at its place. */
export function join({ on }: Band, transmission: Transmission): void {
  const behind = on.findIndex(({ link }) => link.client > transmission.link.client);
  on.splice(behind < 0 ? on.length : behind, 0, transmission);
}
