import { transmitterOfThisWorld } from '../../radio/channel/directions/relations.js';
import { must, plausible, type Rule } from '../../settings/rule.js';
import type { Clients } from './settings.js';

const hertz = { from: 1e6, to: 1e11, unit: 'Hz', advice: '2 GHz is 2000000000' };
const farads = {
  from: 0,
  to: 1e-20,
  unit: 'joules per cycle and Hz²',
  advice: 'a core of a phone has 1e-28',
};

export const deviceRules: readonly Rule<{ clients: Pick<Clients, 'devices'> }>[] = [
  {
    states: 'a processor runs at no more than its maximum frequency, and is of this world',
    findings: ({ clients: { devices } }) =>
      devices.flatMap(({ processor }, place) => {
        if (processor === null) return [];
        const pointer = `/clients/devices/${place}/processor`;
        const { frequencyHz, maxFrequencyHz } = processor;
        return [
          ...plausible(pointer, processor, {
            maxFrequencyHz: hertz,
            frequencyHz: hertz,
            switchedCapacitance: farads,
          }),
          must(
            (frequencyHz ?? 0) <= maxFrequencyHz,
            `${pointer}/frequencyHz`,
            frequencyHz,
            `at most maxFrequencyHz, ${maxFrequencyHz}`,
          ),
        ];
      }),
  },
  {
    states: 'the transmitter of a device is of this world',
    findings: ({ clients: { devices } }) =>
      devices.flatMap(({ transmitter }, place) =>
        transmitter === null
          ? []
          : transmitterOfThisWorld(`/clients/devices/${place}/transmitter`, transmitter),
      ),
  },
];
