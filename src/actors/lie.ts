import type { Upload } from '../../machines/events.js';
import { mapValues } from '../map-values.js';
import { clientOf, type World } from './world.js';

/**
 * What a client says in place of its honest update; null where it says what is true. It takes the place of that when it
 * arrives: on the air, and in the records, the update is as long as the honest one.
 */
export function lieOf(world: World, id: string, honest: Upload): Upload | null {
  const { attack } = clientOf(world, id);
  if (!attack?.lie) return null;
  const { answers, rows, params } = honest;
  const said = attack.lie({
    ...{ inNameOf: id, version: answers.version, rows },
    parts: mapValues(params, (ref) => world.store.get(ref)),
  });
  return {
    ...honest,
    ...(said.inNameOf !== undefined && { inNameOf: said.inNameOf }),
    ...(said.version !== undefined && { answers: { ...answers, version: said.version } }),
    ...(said.parts && { params: mapValues(said.parts, (set) => world.store.put(set)) }),
    ...(said.rows !== undefined && { rows: said.rows }),
  };
}
