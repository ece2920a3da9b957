import type { Allotment } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import type { ServerContext } from '../../machines/server.js';
import type { Band } from '../strategies/allocation/allocation.js';
import { equal } from '../strategies/allocation/equal.js';
import { nameOf } from '../strategies/strategy.js';
import { candidateOf } from './candidates.js';
import type { World } from './world.js';

/** Who is asked of those whom the discipline selected, and what each has; null: nothing is allotted. */
export interface Allotted {
  readonly invitees: readonly string[];
  readonly allotments: Readonly<Record<string, Allotment>> | null;
}

/** What the scenario's allocation makes of a cohort. */
export function allotmentsOf(
  world: World,
  opening: { readonly stage: Stage } & Pick<ServerContext, 'version' | 'global'>,
  selected: readonly string[],
): Allotted {
  if (selected.length === 0 || isEqual(world)) return { invitees: selected, allotments: null };
  const candidates = selected.map((client) => candidateOf(world, opening, client));
  const allotments = world.allocation(candidates, bandOf(world));
  if (allotments === null) return { invitees: selected, allotments };
  return { invitees: selected.filter((client) => client in allotments), allotments };
}

/** Whether nothing is allotted to anybody: then nobody needs to be looked at. */
function isEqual({ scenario }: Pick<World, 'scenario'>): boolean {
  return nameOf(scenario.server.allocation) === equal.name;
}

/** Whether a version that would be closed at once has asked nobody, for the allocation found no place for anybody. */
export function isForNobody(
  { scenario }: World,
  { cohort, updates }: Pick<ServerContext, 'cohort' | 'updates'>,
): boolean {
  return !isEqual({ scenario }) && cohort.length === 0 && updates.length === 0;
}

/** The uplink that clients share: the settings' relations see to it that it is one band. */
function bandOf({ scenario, links }: World): Band {
  const { bandwidthHz } = scenario.channel.uplink;
  const uplink = links.all.find(({ direction }) => direction === 'uplink');
  if (typeof bandwidthHz !== 'number' || !uplink) throw new Error('there is no one band to allot');
  return { bandwidthHz, blockFactors: uplink.blockFactors };
}
