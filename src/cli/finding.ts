/** What one look at the machine found; `advice` says what to do about it. */
export interface Finding {
  readonly verdict: 'ok' | 'could be better' | 'broken';
  readonly what: string;
  readonly advice?: string;
}
