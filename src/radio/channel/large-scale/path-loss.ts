import type { Cell } from './settings.js';

/** What a path-loss formula takes besides the distance; the same for as long as a link lasts. */
export interface Site {
  /** Antenna of the server above ground, in meters. */
  readonly baseHeightMeters: number;
  /** Antenna of the client above ground, in meters. */
  readonly clientHeightMeters: number;
  readonly carrierHz: number;
  /** Effective height hE of the surroundings, in meters, at a horizontal distance; absent: 1 m. */
  readonly effectiveHeightMeters?: (distance2dMeters: number) => number;
}

/** A formula by its name: a path loss that is not a mixture of two. */
export type FormulaName = Exclude<Cell['pathLoss'], 'tr38901-uma' | 'tr38901-umi'>;

/** Both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface PathLoss {
  /**
   * Median loss in dB at a horizontal distance above 0 m. Outside the ranges below it is the same formula,
   * extrapolated.
   */
  readonly lossDb: (distance2dMeters: number, site: Site) => number;
  /** Standard deviation of the log-normal shadowing that goes with the formula, in dB. */
  readonly shadowingDb: number;
  /** Distance over which its autocorrelation falls to 1/e. */
  readonly shadowingMeters: number;
  /** Antenna of the server where the scenario gives none. */
  readonly baseHeightMeters: number;
  /** Antennas of the server for which the source gives the formula. */
  readonly baseHeightsMeters: Range;
  /** Whether the effective height of the surroundings is drawn for high clients (effective-height.ts). */
  readonly drawsEffectiveHeight: boolean;
  /** Carriers for which the source gives the formula. */
  readonly carrierHz: Range;
  /** Horizontal distances for which the source gives it. */
  readonly distanceMeters: Range;
  /** Heights of the client's antenna for which the source gives it. */
  readonly clientHeightMeters: Range;
  /** Report and table, or textbook. */
  readonly source: string;
}

/** TR 38.901 rounds it in note 1 of table 7.4.1-1. */
const roundedLightMetersPerSecond = 3e8;
const lightMetersPerSecond = 299_792_458;

function distance3dMeters(distance2dMeters: number, { baseHeightMeters, clientHeightMeters }: Site): number {
  const height = baseHeightMeters - clientHeightMeters;
  return Math.sqrt(distance2dMeters * distance2dMeters + height * height);
}

/** log10 of the carrier in GHz, as every formula of TR 38.901 takes it. */
function logGigahertz({ carrierHz }: Site): number {
  return Math.log10(carrierHz / 1e9);
}

/**
 * d'BP = 4 h'BS h'UT fc / c with h' = h - hE (TR 38.901, note 1 of table 7.4.1-1). The effective height hE of
 * the surroundings is 1 m for UMi, and for UMa up to a client of 13 m (else effective-height.ts). 0 for an
 * antenna that is not above hE.
 */
export function breakpointMeters(
  { baseHeightMeters, clientHeightMeters, carrierHz }: Site,
  effectiveHeightMeters = 1,
): number {
  const above = (height: number) => Math.max(height - effectiveHeightMeters, 0);
  const effective = above(baseHeightMeters) * above(clientHeightMeters);
  return (4 * effective * carrierHz) / roundedLightMetersPerSecond;
}

/** The numbers in which UMa and UMi differ where there is a line of sight: PL1 and PL2 of table 7.4.1-1. */
interface TwoSlopes {
  readonly interceptDb: number;
  /** dB per decade of distance before the breakpoint; 40 beyond it. */
  readonly nearSlopeDb: number;
  /** Factor of log10(d'BP^2 + (hBS - hUT)^2) beyond the breakpoint. */
  readonly breakpointSlopeDb: number;
}

function lineOfSight({ interceptDb, nearSlopeDb, breakpointSlopeDb }: TwoSlopes): PathLoss['lossDb'] {
  return (distance2dMeters, site) => {
    const logDistance = Math.log10(distance3dMeters(distance2dMeters, site));
    const atOneMeter = interceptDb + 20 * logGigahertz(site);
    const breakpoint = breakpointMeters(site, site.effectiveHeightMeters?.(distance2dMeters));
    if (distance2dMeters <= breakpoint) return atOneMeter + nearSlopeDb * logDistance;
    const atBreakpoint = 2 * Math.log10(distance3dMeters(breakpoint, site));
    return atOneMeter + 40 * logDistance - breakpointSlopeDb * atBreakpoint;
  };
}

const umaLineOfSightDb = lineOfSight({ interceptDb: 28.0, nearSlopeDb: 22, breakpointSlopeDb: 9 });
const umiLineOfSightDb = lineOfSight({ interceptDb: 32.4, nearSlopeDb: 21, breakpointSlopeDb: 9.5 });

/** The factors of PL' NLOS: of log10(d3D), of log10(fc / GHz), and of the client's meters above 1.5. */
type Factors = readonly [interceptDb: number, distance: number, carrier: number, height: number];

/** PL'UMa-NLOS or PL'UMi-NLOS, never less than the line of sight's loss. */
function blocked(
  [interceptDb, distance, carrier, height]: Factors,
  lineOfSightDb: PathLoss['lossDb'],
): PathLoss['lossDb'] {
  return (distance2dMeters, site) => {
    const loss =
      interceptDb +
      distance * Math.log10(distance3dMeters(distance2dMeters, site)) +
      carrier * logGigahertz(site) -
      height * (site.clientHeightMeters - 1.5);
    return Math.max(loss, lineOfSightDb(distance2dMeters, site));
  };
}

const umaBlockedDb = blocked([13.54, 39.08, 20, 0.6], umaLineOfSightDb);
const umiBlockedDb = blocked([22.4, 35.3, 21.3, 0.3], umiLineOfSightDb);

/**
 * 128.1 + 37.6 log10(d / km) at 2 GHz, plus 21 log10(fc / 2 GHz), and never less than free space. The term of
 * the carrier and the bound are those of TR 36.942, 4.5.2, whose formula gives 128.1 at 2 GHz for a base 15 m
 * above the roofs; so the heights of the site do not enter, but for the slant distance of the bound, which
 * holds below some 20 m.
 */
function macroDb(distance2dMeters: number, site: Site): number {
  const loss = 128.1 + 37.6 * Math.log10(distance2dMeters / 1000) + 21 * Math.log10(site.carrierHz / 2e9);
  return Math.max(loss, freeSpaceDb(distance2dMeters, site));
}

/** Friis, isotropic antennas: 20 log10(4 pi d fc / c), d the slant distance. */
function freeSpaceDb(distance2dMeters: number, site: Site): number {
  const wavelengths = (distance3dMeters(distance2dMeters, site) * site.carrierHz) / lightMetersPerSecond;
  return 20 * Math.log10(4 * Math.PI * wavelengths);
}

const everywhere: Range = { from: 0, to: Infinity };
const tr38901 = {
  carrierHz: { from: 0.5e9, to: 100e9 },
  distanceMeters: { from: 10, to: 5000 },
  clientHeightMeters: { from: 1.5, to: 22.5 },
};
const uma = {
  ...tr38901,
  baseHeightMeters: 25,
  baseHeightsMeters: { from: 25, to: 25 },
  drawsEffectiveHeight: true,
};
const umi = {
  ...tr38901,
  baseHeightMeters: 10,
  baseHeightsMeters: { from: 10, to: 10 },
  drawsEffectiveHeight: false,
};
const anyHeight = { baseHeightMeters: 25, baseHeightsMeters: everywhere, drawsEffectiveHeight: false };

/**
 * By the name that a scenario's `channel.cell.pathLoss` gives. Distances of decorrelation: TR 38.901, table
 * 7.5-6; TR 36.814, table A.2.1.1-2. The site's own height is used, whatever it is.
 */
export const pathLosses: Readonly<Record<FormulaName, PathLoss>> = {
  'tr38901-uma-los': {
    ...uma,
    lossDb: umaLineOfSightDb,
    shadowingDb: 4,
    shadowingMeters: 37,
    source: '3GPP TR 38.901 V16.1.0, table 7.4.1-1, UMa LOS',
  },
  'tr38901-uma-nlos': {
    ...uma,
    lossDb: umaBlockedDb,
    shadowingDb: 6,
    shadowingMeters: 50,
    source: '3GPP TR 38.901 V16.1.0, table 7.4.1-1, UMa NLOS',
  },
  'tr38901-umi-los': {
    ...umi,
    lossDb: umiLineOfSightDb,
    shadowingDb: 4,
    shadowingMeters: 10,
    source: '3GPP TR 38.901 V16.1.0, table 7.4.1-1, UMi - street canyon LOS',
  },
  'tr38901-umi-nlos': {
    ...umi,
    lossDb: umiBlockedDb,
    shadowingDb: 7.82,
    shadowingMeters: 13,
    source: '3GPP TR 38.901 V16.1.0, table 7.4.1-1, UMi - street canyon NLOS',
  },
  /** Given for 0.9 GHz and 2 GHz; the range taken here is that of LTE's bands. */
  'tr36814-macro': {
    ...anyHeight,
    lossDb: macroDb,
    shadowingDb: 8,
    shadowingMeters: 50,
    carrierHz: { from: 0.45e9, to: 6e9 },
    distanceMeters: { from: 35, to: 5000 },
    clientHeightMeters: everywhere,
    source: '3GPP TR 36.814 V9.2.0, annex A.2.1.1 (cases 1 and 3); carrier: 3GPP TR 36.942, 4.5.2',
  },
  'free-space': {
    ...anyHeight,
    lossDb: freeSpaceDb,
    shadowingDb: 0,
    shadowingMeters: 50,
    carrierHz: everywhere,
    distanceMeters: everywhere,
    clientHeightMeters: everywhere,
    source: 'H. T. Friis, Proc. IRE 34 (1946); A. Goldsmith, Wireless Communications, 2.3',
  },
};
