import { signal } from '@preact/signals';
import type { Query } from './api.js';

/** Which events the page steps over and lists; empty: all. */
export interface Filter {
  readonly actor: string;
  readonly event: string;
  readonly step: string;
}

export const anything: Filter = { actor: '', event: '', step: '' };
export const filter = signal<Filter>(anything);

export const filterQuery = ({ actor, event, step }: Filter): Query => ({ actor, event, step });
