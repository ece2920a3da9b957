import type { Band } from './band.js';
import { BlockClaims } from './block-claims.js';
import type { SharedBand } from './scheduler.js';
import { keepSample, type Transmission } from './transmission.js';

/** What rounding may leave of a message that has been sent, relative to its bits. */
const rounding = 1e-9;

/**
 * Lets time pass on a band, coherence block by coherence block, until a transmission ends or `untilSeconds` is there:
 * in each block the scheduler divides the band over those who can send, and their bits, time and power add up. Where
 * a block is cut, by a beginning, an end or a silence, the band is divided anew for what is left of it. Returns those
 * that have ended, and takes them off the band: sent, or at their deadline.
 */
export function walk(band: Band, shared: SharedBand, untilSeconds: number): readonly Transmission[] {
  const { on } = band;
  if (on.length === 0) {
    band.atSeconds = Math.max(band.atSeconds, untilSeconds);
    return [];
  }
  const claims = new BlockClaims(on, shared.power);
  const shares = new Float64Array(on.length);
  const rates = new Float64Array(on.length);
  for (;;) {
    const ended = on.filter((each) => hasEnded(each, band.atSeconds));
    if (ended.length > 0) {
      const gone = new Set(ended);
      band.on = on.filter((each) => !gone.has(each));
      return ended;
    }
    if (band.atSeconds >= untilSeconds) return [];
    claims.enter(band.atSeconds, on[0]!.link.coherenceSeconds);
    shares.fill(0);
    if (claims.count > 0) shared.scheduler.allot(claims, shares);
    pass(band, claims, { shares, rates, windowSeconds: shared.scheduler.windowSeconds, untilSeconds });
  }
}

function hasEnded(transmission: Transmission, nowSeconds: number): boolean {
  if (transmission.remainingBits <= rounding * transmission.bits) transmission.remainingBits = 0;
  return transmission.remainingBits === 0 || nowSeconds >= transmission.deadlineSeconds;
}

interface Allotment {
  readonly shares: Float64Array;
  readonly rates: Float64Array;
  readonly windowSeconds: number | null;
  readonly untilSeconds: number;
}

/** Until the first transmission, or what the claims hold for, is over. */
function pass(band: Band, claims: BlockClaims, allotment: Allotment): void {
  const { on } = band;
  const { shares, rates, windowSeconds } = allotment;
  let toSeconds = Math.min(claims.untilSeconds, allotment.untilSeconds);
  for (let i = 0; i < on.length; i++) toSeconds = Math.min(toSeconds, on[i]!.deadlineSeconds);
  let seconds = Math.max(toSeconds - band.atSeconds, 0);
  let first = -1;
  rates.fill(0);
  for (let sender = 0; sender < claims.count; sender++) {
    if (shares[sender]! <= 0) continue;
    const place = claims.placeOf(sender);
    rates[place] = claims.rateBps(sender, shares[sender]!);
    const needed = on[place]!.remainingBits / rates[place];
    if (needed > seconds) continue;
    seconds = needed;
    first = place;
  }
  let given = 0;
  for (let sender = 0; sender < claims.count; sender++) {
    const share = shares[sender]!;
    const transmission = on[claims.placeOf(sender)]!;
    given += share;
    if (share <= 0) transmission.waitSeconds += seconds;
    else send(transmission, seconds, share, rates[claims.placeOf(sender)]!, claims.powerRatio(sender, share));
  }
  if (first >= 0) on[first]!.remainingBits = 0;
  for (let i = 0; i < on.length; i++) enterBlock(on[i]!, claims, i, band.atSeconds, rates[i]!);
  if (windowSeconds !== null) average(on, rates, -Math.expm1(-seconds / windowSeconds));
  band.mostGiven = Math.max(band.mostGiven, given);
  if (claims.count > 0 && given < 1 - rounding) band.idleSeconds += seconds;
  band.atSeconds = first >= 0 ? band.atSeconds + seconds : Math.max(toSeconds, band.atSeconds);
}

function send(to: Transmission, seconds: number, share: number, rateBps: number, powerRatio: number): void {
  to.remainingBits -= rateBps * seconds;
  to.bandSeconds += share * seconds;
  if (rateBps === 0) return;
  to.onAirSeconds += seconds;
  to.powerSeconds += powerRatio * seconds;
}

function enterBlock(
  transmission: Transmission,
  { block, gains }: BlockClaims,
  place: number,
  atSeconds: number,
  rateBps: number,
): void {
  if (transmission.lastBlock === block) return;
  transmission.lastBlock = block;
  transmission.blocks += 1;
  if (transmission.link.story === 'blocks')
    keepSample(transmission, { atSeconds, gain: gains[place]!, rateBps });
}

/** Moves the mean of what each has had towards what it has just had. */
function average(on: readonly Transmission[], rates: Float64Array, weight: number): void {
  for (let i = 0; i < on.length; i++) on[i]!.averageBps += (rates[i]! - on[i]!.averageBps) * weight;
}
