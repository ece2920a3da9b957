/**
 * (1 + s)^-a, the polynomial weight of Xie et al., Asynchronous Federated Optimization (2019); 1 for
 * staleness 0.
 */
export function stalenessWeight(staleness: number, exponent: number): number {
  return (1 + staleness) ** -exponent;
}
