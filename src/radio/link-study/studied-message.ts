import type { KeyedMessage } from '../channel/attempts.js';
import type { Direction } from '../channel/directions/settings.js';

/**
 * What a studied message is to a script of faults, and to the keys of its draws: an update of stage 1, or
 * its answer.
 */
export const studiedMessages: Readonly<Record<Direction, Omit<KeyedMessage, 'round'>>> = {
  uplink: { kind: 'update', step: '1.3', stage: 'instruction' },
  downlink: { kind: 'global', step: '1.4', stage: 'instruction' },
};
