import { fedada } from './fedada.js';
import { fedlora } from './fedlora.js';
import { localOnly } from './local-only.js';
import type { Method } from './method.js';
import { pfl } from './pfl.js';
import { pwff } from './pwff.js';
import { sfl } from './sfl.js';
import { shepherd } from './shepherd.js';
import { vanillaFl } from './vanilla-fl.js';

/** By the name that a scenario's `method` gives. */
export const methods = {
  pwff,
  'vanilla-fl': vanillaFl,
  fedada,
  fedlora,
  sfl,
  pfl,
  shepherd,
  'local-only': localOnly,
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof methods;
