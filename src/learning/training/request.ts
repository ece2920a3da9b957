import { createHash } from 'node:crypto';
import { refOf, type ParamSet } from '../params/param-set.js';
import type { TokenTable } from '../data/token-table.js';
import type { TaskKind, TaskRequest } from './task.js';

/**
 * Completes a request with its key: the hash of everything that the result depends on (decision D5), with
 * parameter sets and tables by their own hashes.
 */
export function taskRequest<K extends TaskKind>(request: Omit<TaskRequest<K>, 'key'>): TaskRequest<K> {
  const sets = Object.entries(request.params as Record<string, ParamSet | null>).map(
    ([slot, set]) => [slot, set && { ...set, hash: refOf(set).hash }] as const,
  );
  const data = Object.entries(request.data as Record<string, TokenTable>).map(
    ([slot, table]) => [slot, table.hash] as const,
  );
  const content = [
    request.kind,
    request.seed,
    request.model,
    sorted(request.hyper),
    sorted(sets.map(([slot, set]) => [slot, set?.hash ?? null] as const)),
    sorted(data),
  ];
  const key = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...request, params: Object.fromEntries(sets) as TaskRequest<K>['params'], key };
}

/** Entries in the order of their keys, nested objects likewise, so that equal content is written equally. */
function sorted(value: object): unknown {
  const entries: readonly (readonly [string, unknown])[] = isEntries(value) ? value : Object.entries(value);
  return [...entries]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, inner]) => [key, isPlainObject(inner) ? sorted(inner) : inner]);
}

function isEntries(value: object): value is readonly (readonly [string, unknown])[] {
  return Array.isArray(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
