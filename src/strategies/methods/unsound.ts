import { rolesOf } from '../../learning/model/roles.js';
import { combinations } from '../combination/index.js';
import { nameOf } from '../strategy.js';
import type { Method, Slot } from './method.js';

/** What is wrong with a method's data, as one line; null where nothing is. The schema does not see it. */
export function unsoundIn({ slots, mixture, phases, rewards }: Method): string | null {
  const names = slots.map(({ name }) => name);
  const named = [
    ...Object.keys(mixture ?? {}),
    ...Object.values(mixture ?? {}).flatMap(({ blend }) => (blend ? [blend.with] : [])),
    ...(phases ?? []).flatMap(({ trains, mixture: own }) => [...trains, ...Object.keys(own ?? {})]),
  ];
  const unknown = named.find((name) => !names.includes(name));
  if (unknown !== undefined) return `names a slot ${unknown}, expected one of ${names.join(', ') || 'none'}`;
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) return `has two slots ${twice}, expected names of their own`;
  if (rewards.length === 0) return 'has no reward model, expected "helpful", "harmless" or both';
  return slots.map((slot) => unsoundInSlot(slot, names)).find((problem) => problem !== null) ?? null;
}

function unsoundInSlot({ name, kind, start, parts, combine }: Slot, names: readonly string[]): string | null {
  if (name.includes('.') || ['base', 'helpful', 'harmless'].includes(name) || name === '') {
    return `has a slot ${JSON.stringify(name)}, expected a name without a dot, and none of base, helpful, harmless`;
  }
  const roles = parts.flatMap((part) => part.roles ?? rolesOf[kind]);
  if (roles.toSorted().join() !== rolesOf[kind].toSorted().join()) {
    return `has rules for ${roles.join(', ') || 'nothing'} in slot ${name}, expected each of ${rolesOf[kind].join(', ')} once`;
  }
  if (typeof start === 'object' && !names.includes(start.as)) {
    return `starts slot ${name} as ${start.as}, expected one of ${names.join(', ')}`;
  }
  if (combine !== undefined && !Object.hasOwn(combinations, nameOf(combine))) {
    return `combines slot ${name} by ${nameOf(combine)}, expected one of ${Object.keys(combinations).join(', ')}`;
  }
  return null;
}
