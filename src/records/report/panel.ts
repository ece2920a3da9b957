import type { TopLevelSpec } from 'vega-lite';

/** A chart with what it shows and where its figures come from. */
export interface Panel {
  readonly title: string;
  readonly source: string;
  readonly note?: string;
  readonly chart: TopLevelSpec;
}
