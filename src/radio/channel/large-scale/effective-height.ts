import { stream } from '../../../simulation/random/stream.js';

/** Up to here the effective height of UMa is 1 m. */
const lowClientMeters = 13;

/**
 * C(d2D, hUT) of TR 38.901, note 1 of table 7.4.1-1; C' of table 7.4.2-1 has the same terms. 0 up to a client
 * of 13 m, and up to 18 m from the server.
 */
export function highClientFactor(distance2dMeters: number, clientHeightMeters: number): number {
  if (clientHeightMeters <= lowClientMeters || distance2dMeters <= 18) return 0;
  return heightFactor(clientHeightMeters) * distanceFactor(distance2dMeters);
}

/** C'(hUT): ((hUT - 13) / 10)^1.5 above 13 m. */
export function heightFactor(clientHeightMeters: number): number {
  return (Math.max(clientHeightMeters - lowClientMeters, 0) / 10) ** 1.5;
}

/** 5/4 (d / 100)^3 exp(-d / 150). */
export function distanceFactor(distance2dMeters: number): number {
  return 1.25 * (distance2dMeters / 100) ** 3 * Math.exp(-distance2dMeters / 150);
}

/**
 * The effective height hE of UMa around a client, in meters (TR 38.901, note 1 of table 7.4.1-1): 1 with
 * probability 1 / (1 + C), else one of 12, 15, ... up to hUT - 1.5, each alike. Both are drawn once for a
 * client, so that hE follows from its distance. Undefined for a client that is too low for any but 1.
 */
export function effectiveHeight(
  clientHeightMeters: number,
  { seed, id }: { readonly seed: number; readonly id: string },
): ((distance2dMeters: number) => number) | undefined {
  const heights = Math.floor((clientHeightMeters - 1.5 - 12) / 3) + 1;
  if (heights < 1) return undefined;
  const draw = stream(seed, 'effective height', id);
  const chance = draw.uniform();
  const other = 12 + 3 * draw.below(heights);
  return (distance) => (chance < 1 / (1 + highClientFactor(distance, clientHeightMeters)) ? 1 : other);
}
