import type { CheckName } from '../../records/fate.js';
import type { Arrived, Check, Expected } from './check.js';
import { finiteValues } from './finite-values.js';
import { givenOrder } from './given-order.js';
import { knownClient } from './known-client.js';
import { plausibleNorm } from './norm.js';
import { tensors } from './tensors.js';
import { valueType } from './value-type.js';

/** In their order: what each may count on stands before it. */
export const checks: readonly Check[] = [
  knownClient,
  givenOrder,
  tensors,
  valueType,
  finiteValues,
  plausibleNorm,
];

/** Why an update is rejected: the first check that it does not pass. */
export interface Rejection {
  readonly check: CheckName;
  readonly why: string;
}

/** Null where it passes all of them. */
export function rejectionBy(list: readonly Check[], update: Arrived, expected: Expected): Rejection | null {
  for (const { name, of } of list) {
    const why = of(update, expected);
    if (why !== null) return { check: name, why };
  }
  return null;
}
