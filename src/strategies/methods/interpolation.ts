import type { MixedSlot, Mixture } from '../../learning/model/mixture.js';
import type { Method } from './method.js';
import { privateParts, sharedParts } from './parts.js';
import { slotOf } from '../../learning/model/slots.js';

/**
 * A method's model between what is shared (`share` 0) and what is personal (1); null where a method keeps no slot to
 * itself that its clients tune. Where the method blends a twin with its original, the blend has that weight; where a
 * twin counts beside or instead of its original, the twin counts by the share and the original by the rest; a private
 * slot without an original counts by the share, and all that is shared counts in full.
 */
export function interpolated(method: Method, share: number): Mixture | null {
  const tuned = privateParts(method).map(slotOf);
  const shared = sharedParts(method).map(slotOf);
  const personal = method.slots.filter(({ name }) => tuned.includes(name) && !shared.includes(name));
  if (personal.length === 0) return null;
  const originals = personal.flatMap(({ start }) => (typeof start === 'string' ? [] : [start.as]));
  const counted = method.slots.filter(
    ({ name }) => !method.mixture || name in method.mixture || originals.includes(name),
  );
  const blends = Object.values(method.mixture ?? {}).flatMap(({ blend }) => blend?.with ?? []);
  return Object.fromEntries(
    counted.flatMap((slot): [string, MixedSlot][] => {
      const { name } = slot;
      if (blends.includes(name)) return [];
      const blend = method.mixture?.[name]?.blend;
      if (blend) return [[name, { share: 1, blend: { with: blend.with, weight: share } }]];
      if (personal.includes(slot)) return [[name, { share }]];
      if (originals.includes(name)) return [[name, { share: 1 - share }]];
      return [[name, { share: 1 }]];
    }),
  );
}
