import type { InterferenceSetting } from '../../radio/channel/interference/settings.js';
import { named, nameOf, optionsOf } from '../strategy.js';
import { must, type Rule } from '../../settings/rule.js';
import { shown } from '../../settings/problem.js';
import type { Choice } from '../../settings/choice.js';
import type { AllocationStrategy } from './allocation.js';
import { allocations } from './index.js';

interface Allotting {
  readonly server: { readonly allocation: Choice; readonly discipline: Choice };
  readonly channel: {
    readonly fading: Choice;
    readonly rate: string;
    readonly uplink: {
      readonly sharing: Choice;
      readonly interference: InterferenceSetting;
      readonly powerControl: Choice;
      readonly receiveAntennas: number;
    };
  };
}

const strategyOf = ({ server }: Allotting): AllocationStrategy => named(allocations, server.allocation);
const allots = ({ server }: Allotting) => nameOf(server.allocation) !== 'equal';
const where = ({ server }: Allotting) => `where /server/allocation is ${shown(server.allocation)}`;

export const allocationRules: readonly Rule<Allotting>[] = [
  {
    states: 'a band is allotted to a whole cohort at once',
    findings: (scenario) =>
      must(
        !allots(scenario) || nameOf(scenario.server.discipline) === 'synchronous',
        '/server/discipline',
        scenario.server.discipline,
        `"synchronous" ${where(scenario)}`,
      ),
  },
  {
    states: 'a band that is allotted is one that clients share by frequency',
    findings: (scenario) =>
      must(
        !allots(scenario) || nameOf(scenario.channel.uplink.sharing) === 'split-power-kept',
        '/channel/uplink/sharing',
        scenario.channel.uplink.sharing,
        `"split-power-kept" ${where(scenario)}`,
        'an allotment takes the place of the equal share',
      ),
  },
  {
    states: 'a power is set by the allocation alone',
    findings: (scenario) => {
      const { powerControl } = scenario.channel.uplink;
      const holds = !allots(scenario) || nameOf(powerControl) === 'constant';
      return must(holds, '/channel/uplink/powerControl', powerControl, `"constant" ${where(scenario)}`);
    },
  },
  {
    states: 'a rate follows the bandwidth and the power that are allotted',
    findings: (scenario) =>
      must(
        !allots(scenario) || !['fixed', 'inversion'].includes(scenario.channel.rate),
        '/channel/rate',
        scenario.channel.rate,
        `"capacity", "cutoff" or "mcs" ${where(scenario)}`,
      ),
  },
  {
    states: 'an allocation by a law of fading has a channel of that law',
    findings: (scenario) => {
      const { fading } = strategyOf(scenario);
      const { channel } = scenario;
      const { receiveAntennas } = channel.uplink;
      return (
        fading !== undefined && [
          must(
            nameOf(channel.fading) === fading,
            '/channel/fading',
            channel.fading,
            `"${fading}" ${where(scenario)}`,
          ),
          must(
            receiveAntennas === 1,
            '/channel/uplink/receiveAntennas',
            receiveAntennas,
            `1 ${where(scenario)}, whose gains are those of one antenna`,
          ),
        ]
      );
    },
  },
  {
    states: 'resource blocks are counted alike',
    findings: (scenario) => {
      const { interference } = scenario.channel.uplink;
      const strategy = strategyOf(scenario);
      const { resourceBlocks } = optionsOf(strategy, scenario.server.allocation);
      const listed = Object.values(interference ?? {}).flatMap((value) =>
        Array.isArray(value) ? [value] : [],
      );
      const [levels = []] = listed.filter((list) => typeof list[0] === 'number');
      const isRight = levels.length === 0 || levels.length === resourceBlocks;
      const expected =
        typeof resourceBlocks !== 'number'
          ? `one level ${where(scenario)}, which has no resource blocks`
          : `a list of ${resourceBlocks} levels, one for each of the resource blocks`;
      return must(isRight, '/channel/uplink/interference', interference, expected);
    },
  },
];
