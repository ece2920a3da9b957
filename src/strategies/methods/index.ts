import { apfl } from './apfl.js';
import { centralised } from './centralised.js';
import { ditto } from './ditto.js';
import { feddpaF } from './feddpa-f.js';
import { feddpaT } from './feddpa-t.js';
import { feddyn } from './feddyn.js';
import { fedit } from './fedit.js';
import { fedprox } from './fedprox.js';
import { fedrep } from './fedrep.js';
import { fedsaLora } from './fedsa-lora.js';
import { ffaLora } from './ffa-lora.js';
import { fedexLora } from './fedex-lora.js';
import { flexlora } from './flexlora.js';
import { flora } from './flora.js';
import { hetlora } from './hetlora.js';
import { pfedme } from './pfedme.js';
import { pwffSwapped } from './pwff-swapped.js';
import { pwffTwoLoras } from './pwff-two-loras.js';
import { rolora } from './rolora.js';
import { scaffold } from './scaffold.js';
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
  fedit,
  'ffa-lora': ffaLora,
  'fedsa-lora': fedsaLora,
  rolora,
  hetlora,
  flexlora,
  flora,
  'fedex-lora': fedexLora,
  'feddpa-f': feddpaF,
  'feddpa-t': feddpaT,
  fedprox,
  ditto,
  fedrep,
  apfl,
  pfedme,
  scaffold,
  feddyn,
  'pwff-swapped': pwffSwapped,
  'pwff-two-loras': pwffTwoLoras,
  centralised,
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof methods;
