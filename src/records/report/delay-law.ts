/** How long a message takes on a link that it has to itself, where nothing is lost. */
export interface DelayLaw {
  /** The kind of law, in a few words. */
  readonly name: string;
  readonly meanSeconds: number;
  readonly sdSeconds: number;
  /** P(T <= seconds). */
  readonly cdf: (seconds: number) => number;
}
