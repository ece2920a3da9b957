import type { Aggregated, ServerContext } from '../../machines/server.js';
import { settled } from './codec-state.js';
import { encoded } from './encoding.js';
import type { World } from './world.js';

/**
 * Parts of the global model that the server made, as they travel, for one version is the same for all. Its codecs'
 * state holds at once: what a download does not bring to a client, the next one does.
 */
export function publishedParts(
  world: World,
  { global, memory, stage, version }: Pick<ServerContext, 'global' | 'memory' | 'stage' | 'version'>,
  sets: Parameters<typeof encoded>[1],
): Aggregated {
  const { parts, residuals, unsettled } = encoded(world, sets, stateOf(memory), {
    direction: 'downlink',
    bases: global,
    actor: 'server',
    stage,
    round: version,
    key: [version],
  });
  const state = settled(world.store, { memory: memory.codec, residuals }, unsettled, {
    acknowledged: true,
  });
  return { parts, memory: { ...memory, codec: state.memory, residuals: state.residuals } };
}

const stateOf = ({ codec, residuals }: ServerContext['memory']) => ({ memory: codec, residuals });
