import { besselK1Times } from '../../radio/channel/special-functions.js';

/**
 * Probability that a packet is lost at a mean SINR over Rayleigh fading: E[1 − exp(−m / (SINR h))], h ~ Exp(1), m the
 * waterfall threshold, a ratio (Y. Xi, A. Burr, J. Wei and D. Grace, A general upper bound to evaluate packet error
 * rate over quasi-static fading channels, IEEE Trans. Wireless Communications 10(5), 2011). With
 * a = m / SINR it is 1 − 2 √a K1(2 √a), by the integral of e^(−a/h − h) (Gradshteyn and Ryzhik 3.324.1).
 */
export function packetErrorRate(waterfall: number, meanSinr: number): number {
  return 1 - besselK1Times(2 * Math.sqrt(waterfall / meanSinr));
}
