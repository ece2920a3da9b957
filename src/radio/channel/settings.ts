import Type, { type Static } from 'typebox';
import { atLeastZero, closed, count } from '../../settings/form.js';
import { compressionSettings } from '../../strategies/compression/settings.js';
import { Downlink, Uplink } from './directions/settings.js';
import { fadingSettings } from './fading/settings.js';
import { Fault } from './faults/settings.js';
import { gainPathSettings } from './gain-paths/settings.js';
import { Cell, DistanceLaw } from './large-scale/settings.js';
import { knowledgeSettings } from './knowledge/settings.js';
import { lossSettings } from './losses/settings.js';
import { rateSettings } from './rate-policies/settings.js';
import { retransmissionSettings } from './retransmission/settings.js';

/** The radio between the server and its clients: what each seam asks for, and what a message costs. */
export const Channel = closed(
  {
    ...fadingSettings,
    ...gainPathSettings,
    ...rateSettings,
    ...knowledgeSettings,
    ...lossSettings,
    ...retransmissionSettings,
    headerBits: count(0, 512, 'bits that every message carries besides its parameters'),
    ...compressionSettings,
    uplink: Uplink,
    downlink: Downlink,
    distanceLaw: DistanceLaw,
    cell: Cell,
    receivePowerWatts: atLeastZero(0, 'of a receiver while a message for it is on the air'),
    idlePowerWatts: atLeastZero(
      0,
      'of a sender that waits with a message: silent blocks, feedback, back-off',
    ),
    pricePerMegabyte: Type.Number({
      minimum: 0,
      maximum: 1e12,
      default: 0,
      description: 'money for a megabyte (8,000,000 bits) on the air, in any currency',
    }),
    faults: Type.Array(Fault, {
      default: [],
      description: 'what goes wrong by script, or by probability; see docs/radio.md',
    }),
    story: Type.Enum(['none', 'attempts', 'blocks'], {
      default: 'none',
      description:
        'what messages.jsonl tells of every message: nothing more; each attempt; gain and rate over time too',
    }),
  },
  { default: {}, description: 'the radio between the server and its clients' },
);

export type Channel = Static<typeof Channel>;
