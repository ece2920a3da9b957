import type { Model } from '../../machines/events.js';
import {
  downloadsOf,
  partNames,
  protocol,
  type DownloadKind,
  type PartName,
  type SharedPart,
  type UploadKind,
} from '../../machines/protocol.js';
import type { ParamRef } from '../learning/params/param-set.js';
import { sharedParts, type Method } from '../strategies/methods/method.js';

/** The parameters that a model consists of, all of it or some of its parts. */
export function refsOf(model: Model, parts: readonly PartName[] = partNames): readonly ParamRef[] {
  return parts.flatMap((part) => model[part] ?? []);
}

/** What an update carries, and so what of the global model its average replaces. */
export function carriedBy(kind: UploadKind, method: Method): readonly SharedPart[] {
  const { carries } = protocol[kind];
  return carries === 'shared' ? sharedParts(method) : carries;
}

/**
 * What of the global model a download has to bring, where its recipient lacks it: everything but what the
 * downloads that follow it in its step are there to carry.
 */
export function broughtBy(kind: DownloadKind, global: Model): readonly ParamRef[] {
  const kinds = downloadsOf(protocol[kind].step);
  const carriedLater = kinds
    .slice(kinds.indexOf(kind) + 1)
    .flatMap((later) => [protocol[later].carries].flat() as readonly string[]);
  return refsOf(
    global,
    partNames.filter((part) => !carriedLater.includes(part)),
  );
}
