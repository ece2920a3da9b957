/*
 * The special functions that fading needs, to about 14 digits. Built from exp, log and sqrt alone, which V8
 * computes in its own portable code: what is drawn with them is the same on every machine.
 * A & S: Abramowitz and Stegun, Handbook of Mathematical Functions (1964).
 */

const epsilon = 2 ** -53;
const halfPi = Math.PI / 2;
/** From each term of Taylor's series to the next. */
const sineDivisors = [2, 4, 6, 8, 10, 12, 14, 16].map((n) => 1 / (n * (n + 1)));
const cosineDivisors = [2, 4, 6, 8, 10, 12, 14, 16, 18].map((n) => 1 / (n * (n - 1)));

/** cos(2 pi x), of an angle in turns: whole turns come off exactly, however many there are. */
export function cosTurns(turns: number): number {
  const quarters = 4 * (turns - Math.floor(turns));
  const nearest = Math.round(quarters);
  const radians = (quarters - nearest) * halfPi;
  const value = (nearest & 1) === 0 ? smallCos(radians) : smallSin(radians);
  return ((nearest + 1) & 2) === 0 ? value : -value;
}

/** sin(2 pi x), of an angle in turns. */
export function sinTurns(turns: number): number {
  const quarters = 4 * (turns - Math.floor(turns));
  const nearest = Math.round(quarters);
  const radians = (quarters - nearest) * halfPi;
  const value = (nearest & 1) === 0 ? smallSin(radians) : smallCos(radians);
  return (nearest & 2) === 0 ? value : -value;
}

/** Taylor's series of the sine to x^17 / 17!, for |x| <= pi/4. */
function smallSin(x: number): number {
  const y = x * x;
  let sum = 1;
  for (let i = sineDivisors.length - 1; i >= 0; i--) sum = 1 - sum * y * sineDivisors[i]!;
  return x * sum;
}

/** Taylor's series of the cosine to x^18 / 18!, for |x| <= pi/4. */
function smallCos(x: number): number {
  const y = x * x;
  let sum = 1;
  for (let i = cosineDivisors.length - 1; i >= 0; i--) sum = 1 - sum * y * cosineDivisors[i]!;
  return sum;
}

/** Bessel's J0(x) for any finite x. */
export function besselJ0(x: number): number {
  return 1 - besselJ0Complement(x);
}

/**
 * 1 - J0(x) to full relative precision, also where J0 is next to 1: the mean of 2 sin^2(x sin(t) / 2) over
 * the midpoints t = pi (k + 1/2) / N, from J0(x) = 1/pi integral of cos(x sin t) over (0, pi) (A & S 9.1.18).
 * The midpoint rule of a periodic function errs by 2 J_2N(x) only, which is below 1e-16 for 2N > |x| + 40 up
 * to |x| = 50; beyond, by Hankel's expansion (A & S 9.2.5).
 */
export function besselJ0Complement(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 50) return 1 - asymptoticJ0(magnitude);
  const points = Math.ceil(magnitude / 2) + 21;
  let sum = 0;
  for (let k = 0; k < points; k++) {
    const half = magnitude * sinTurns((k + 0.5) / (2 * points));
    const sine = sinTurns(half / (4 * Math.PI));
    sum += sine * sine;
  }
  return (2 * sum) / points;
}

function asymptoticJ0(x: number): number {
  let even = 0;
  let odd = 0;
  let term = 1;
  for (let k = 0; Math.abs(term) > epsilon && k < 30; k++) {
    const signed = k % 4 < 2 ? term : -term;
    if (k % 2 === 0) even += signed;
    else odd += signed;
    term *= -((2 * k + 1) * (2 * k + 1)) / ((k + 1) * 8 * x);
  }
  const turns = x / (2 * Math.PI) - 0.125;
  return Math.sqrt(2 / (Math.PI * x)) * (even * cosTurns(turns) - odd * sinTurns(turns));
}

/** e^-x I0(x), the modified Bessel function without its growth, for x >= 0 (A & S 9.6.12 and 9.7.1). */
export function besselI0Scaled(x: number): number {
  let sum = 1;
  let term = 1;
  if (x <= 25) {
    const quarter = (x * x) / 4;
    for (let k = 1; term > epsilon * sum; k++) {
      term *= quarter / (k * k);
      sum += term;
    }
    return sum * Math.exp(-x);
  }
  for (let k = 1; term > epsilon * sum; k++) {
    term *= ((2 * k - 1) * (2 * k - 1)) / (8 * k * x);
    sum += term;
  }
  return sum / Math.sqrt(2 * Math.PI * x);
}

/**
 * x K1(x), K1 the modified Bessel function of the second kind, for x >= 0: the integral of e^(-x cosh t) x cosh t over
 * t > 0 (A & S 9.6.24) by trapezoids, which err by less than e^-40 of it as the integrand falls doubly exponentially.
 */
export function besselK1Times(x: number): number {
  if (x === 0) return 1;
  // The integrand is the narrower, the larger x is.
  const step = 0.5 / Math.sqrt(16 + x);
  let sum = x * Math.exp(-x) * 0.5;
  for (let k = 1; ; k++) {
    const growth = Math.exp(k * step);
    const argument = (x * (growth + 1 / growth)) / 2;
    if (argument > 800) return sum * step;
    sum += argument * Math.exp(-argument);
  }
}

/** ln Gamma(x) for x > 0: Stirling's series from 10 on (A & S 6.1.41), below by Gamma(x + 1) = x Gamma(x). */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma(${x}): expected a number above 0`);
  let shift = 1;
  let z = x;
  for (; z < 10; z++) shift *= z;
  const stirling = (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + stirlingRest(z);
  return stirling - Math.log(shift);
}

function stirlingRest(z: number): number {
  const y = 1 / (z * z);
  const tail = 1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * (691 / 360360 - y / 156)));
  return (1 / 12 - y * (1 / 360 - y * tail)) / z;
}

/** x^a e^-x / Gamma(a + 1), without overflow, and without the loss of digits of its factors. */
function gammaTerm(a: number, x: number): number {
  if (x === 0) return a === 0 ? 1 : 0;
  if (a < 10) return Math.exp(a * Math.log(x) - x - logGamma(a + 1));
  const excess = (x - a) / a;
  return Math.exp(a * (Math.log1p(excess) - excess) - stirlingRest(a)) / Math.sqrt(2 * Math.PI * a);
}

/**
 * The regularised lower incomplete gamma function P(a, x) = P(Gamma(a) <= x), for a > 0 and x >= 0 (A & S
 * 6.5.29, 6.5.31). RangeError otherwise.
 */
export function gammaLower(a: number, x: number): number {
  checkGamma(a, x);
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** Q(a, x) = 1 - P(a, x), to full relative precision in its own tail. */
export function gammaUpper(a: number, x: number): number {
  checkGamma(a, x);
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

function checkGamma(a: number, x: number): void {
  if (!(a > 0 && x >= 0)) throw new RangeError(`incomplete gamma (${a}, ${x}): expected a > 0 and x >= 0`);
}

function gammaSeries(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > epsilon * sum; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return Math.min(1, sum * gammaTerm(a, x));
}

function gammaFraction(a: number, x: number): number {
  return x === Infinity ? 0 : gammaTail(a, x, 2 * epsilon) * a * gammaTerm(a, x);
}

/**
 * e^x x^-a Gamma(a, x) = 1 / (x + 1 - a + 1 (a - 1) / (x + 3 - a + 2 (a - 2) / (x + 5 - a + …))), by Lentz (A & S
 * 6.5.31, contracted; for a = 0 it is e^x E1(x), 5.1.22), until a factor differs from 1 by less than
 * `tolerance`.
 */
export function gammaTail(a: number, x: number, tolerance: number): number {
  let b = x + 1 - a;
  let d = 1 / b;
  let c = Infinity;
  let product = d;
  for (let k = 1; k < 100_000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    product *= c * d;
    if (Math.abs(c * d - 1) < tolerance) break;
  }
  return product;
}

/**
 * P(X <= x) where X is Gamma(shape + J) and J is Poisson of mean `lambda`: the noncentral chi-square law of 2
 * shape degrees of freedom and noncentrality 2 lambda at 2 x, and so 1 - Q_shape(sqrt(2 lambda), sqrt(2 x))
 * with Marcum's Q (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 29). Sums
 * the mixture from above, where P(a, x) = P(a + 1, x) + x^a e^-x / Gamma(a + 1) only adds: the lower tail
 * keeps its relative precision. For shape > 0, lambda >= 0, x >= 0.
 */
export function noncentralGammaLower(shape: number, lambda: number, x: number): number {
  if (x === 0) return 0;
  if (x === Infinity) return 1;
  if (lambda === 0) return gammaLower(shape, x);
  let j = highestTerm(shape, lambda, x);
  let weight = gammaTerm(j, lambda);
  let power = gammaTerm(shape + j, x);
  let lower = gammaLower(shape + j, x);
  let sum = weight * lower;
  for (let previous = 0; j > 0; j--) {
    weight *= j / lambda;
    power *= (shape + j) / x;
    lower += power;
    const term = weight * lower;
    sum += term;
    if (term < previous && term < epsilon * sum) break;
    previous = term;
  }
  return Math.min(1, sum);
}

/**
 * The density at x of the law of `noncentralGammaLower`: sum over j of Poisson's weights times the density of
 * Gamma(shape + j), from the greatest term to both sides. For one complex dimension in closed form,
 * e^-(x + lambda) I0(2 sqrt(lambda x)).
 */
export function noncentralGammaDensity(shape: number, lambda: number, x: number): number {
  if (shape === 1) {
    const distance = Math.sqrt(lambda) - Math.sqrt(x);
    return Math.exp(-distance * distance) * besselI0Scaled(2 * Math.sqrt(lambda * x));
  }
  const ratio = (j: number) => (lambda * x) / ((j + 1) * (shape + j));
  // Where the ratio of neighbours is 1: j^2 + shape j = lambda x.
  const peak = Math.floor(Math.sqrt(lambda * x + (shape * shape) / 4) - shape / 2);
  const greatest = gammaTerm(peak, lambda) * gammaTerm(shape - 1 + peak, x);
  let sum = greatest;
  for (let j = peak, term = greatest; term > epsilon * sum; j++) sum += term *= ratio(j);
  for (let j = peak, term = greatest; j > 0 && term > epsilon * sum; j--) sum += term /= ratio(j - 1);
  return sum;
}

/** Index from which on the terms of the mixture are below 1e-18 of the largest. */
function highestTerm(shape: number, lambda: number, x: number): number {
  let j = Math.floor(Math.min(lambda, Math.sqrt(lambda * x)));
  for (let ratio = 1; ratio > 1e-18; j++) ratio *= (lambda / (j + 1)) * Math.min(1, x / (shape + j + 1));
  return j;
}

/**
 * Marcum's Q_1(sqrt(2 lambda), sqrt(2 x)) = 1 - `noncentralGammaLower(1, lambda, x)`, precise in its own
 * tail, by Q_1(a, b) + Q_1(b, a) = 1 + e^(-(a^2 + b^2)/2) I0(a b).
 */
export function noncentralGammaUpper(lambda: number, x: number): number {
  const difference = Math.sqrt(lambda) - Math.sqrt(x);
  const bessel = Math.exp(-difference * difference) * besselI0Scaled(2 * Math.sqrt(lambda * x));
  return Math.min(1, bessel + noncentralGammaLower(1, x, lambda));
}

/** Lambert's W: the w >= 0 with w e^w = x, for x >= 0, by Newton on w + ln w = ln x. RangeError otherwise. */
export function lambertW(x: number): number {
  if (!(x >= 0) || x === Infinity) throw new RangeError(`W(${x}): expected a finite number from 0`);
  if (x === 0) return 0;
  let w = Math.log1p(x);
  for (let step = 0; step < 20; step++) {
    const next = (w * (1 + Math.log(x / w))) / (1 + w);
    if (Math.abs(next - w) <= 2 * epsilon * next) return next;
    w = next;
  }
  return w;
}

/**
 * Q^-1(p) for 0 < p <= 1/2: the z >= 0 that a standard normal exceeds with probability p, by bisection; Q(z) is
 * half of the regularised Q(1/2, z^2 / 2). RangeError for other p.
 */
export function normalTailQuantile(p: number): number {
  if (!(p > 0 && p <= 0.5)) throw new RangeError(`Q^-1(${p}): expected a probability above 0, at most 0.5`);
  let [low, high] = [0, 40];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (gammaUpper(0.5, (middle * middle) / 2) / 2 > p) low = middle;
    else high = middle;
  }
  return p === 0.5 ? 0 : (low + high) / 2;
}

/** The standard normal distribution Phi(z), by erf(x) = P(1/2, x^2). */
export function normalCdf(z: number): number {
  const half = gammaLower(0.5, (z * z) / 2) / 2;
  return z < 0 ? 0.5 - half : 0.5 + half;
}
