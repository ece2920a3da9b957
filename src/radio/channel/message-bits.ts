import type { ParamRef } from '../../learning/params/param-set.js';

import { compressions } from '../../strategies/compression/index.js';
import type { Channel } from './settings.js';

/** The size of a message on the air: its header, and its parameters as the scenario compresses them. */
export function messageBits(
  params: readonly Pick<ParamRef, 'parameters'>[],
  { headerBits, compression }: Pick<Channel, 'headerBits' | 'compression'>,
): number {
  const parameters = params.reduce((sum, ref) => sum + ref.parameters, 0);
  return headerBits + parameters * compressions[compression].bitsPerParameter;
}
