import { createHash } from 'node:crypto';
import { mapValues } from '../../map-values.js';
import { sortedKeys } from '../../sorted-keys.js';
import { refOf, type ParamSet } from '../params/param-set.js';
import type { TaskKind, TaskRequest } from './task.js';

/**
 * Completes a request with its key: the hash of everything that the result depends on (decision D5), with
 * parameter sets and tables by their own hashes, however deep they stand.
 */
export function taskRequest<K extends TaskKind>(request: Omit<TaskRequest<K>, 'key'>): TaskRequest<K> {
  const { kind, seed, model, hyper } = request;
  const params = withHashes(request.params) as typeof request.params;
  let key: string | undefined;
  return {
    ...request,
    params,
    // Made when it is asked for: a run without a journal asks for no task's.
    get key() {
      return (key ??= hashOf({
        ...{ kind, seed, model, hyper },
        ...{ params: hashesIn(params), data: hashesIn(request.data) },
      }));
    },
  };
}

function hashOf(content: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sortedKeys(content)))
    .digest('hex');
}

/** The same slots, each parameter set with its hash. */
function withHashes(slot: unknown): unknown {
  if (!isObject(slot)) return slot;
  if (isSet(slot)) return { ...slot, hash: refOf(slot).hash };
  return mapValues(slot, withHashes);
}

/** The same slots, each parameter set and table as its hash. */
function hashesIn(slot: unknown): unknown {
  if (!isObject(slot)) return slot;
  return 'hash' in slot ? slot.hash : mapValues(slot, hashesIn);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isSet(slot: object): slot is ParamSet {
  return 'tensors' in slot;
}
