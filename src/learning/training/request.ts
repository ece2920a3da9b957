import { createHash } from 'node:crypto';
import { refOf, type ParamSet } from '../params/param-set.js';
import type { TaskKind, TaskRequest } from './task.js';

/**
 * Completes a request with its key: the hash of everything that the result depends on (decision D5), with
 * parameter sets and tables by their own hashes, however deep they stand.
 */
export function taskRequest<K extends TaskKind>(request: Omit<TaskRequest<K>, 'key'>): TaskRequest<K> {
  const { kind, seed, model, hyper, data } = request;
  const params = withHashes(request.params) as typeof request.params;
  const content = [kind, seed, model, sorted(hyper), sorted(params), sorted(data)];
  const key = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...request, params, key };
}

/** The same slots, each parameter set with its hash. */
function withHashes(slot: unknown): unknown {
  if (!isObject(slot)) return slot;
  if (isSet(slot)) return { ...slot, hash: refOf(slot).hash };
  return Object.fromEntries(Object.entries(slot).map(([name, inner]) => [name, withHashes(inner)]));
}

/** Entries in the order of their keys, at every depth, so that equal content is written equally. */
function sorted(value: unknown): unknown {
  if (!isObject(value)) return value;
  if ('hash' in value) return value.hash;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, inner]) => [key, sorted(inner)]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSet(slot: object): slot is ParamSet {
  return 'tensors' in slot;
}
