/** What is used of jstat, which brings no types along. */
declare module 'jstat' {
  const jstat: {
    readonly jStat: {
      readonly studentt: {
        /** Student's quantile of a probability, by degrees of freedom. */
        inv(probability: number, degrees: number): number;
      };
      /** The regularized incomplete beta function I_x(a, b). */
      ibeta(x: number, a: number, b: number): number;
    };
  };
  export default jstat;
}
