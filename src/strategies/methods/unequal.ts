import type { Model } from '../../learning/model/settings.js';
import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import type { Channel } from '../../radio/channel/settings.js';
import { must, type Rule } from '../../settings/rule.js';
import { methods } from './index.js';
import type { Method, Slot, Unequal } from './method.js';
import { isByResources } from './parts.js';

interface Chosen {
  readonly method: string;
  readonly model: Pick<Model, 'lora'>;
  readonly channel: Channel;
}

interface Around {
  readonly own?: { readonly methods?: readonly Method[] };
}

/** Clients' LoRA differs only where the method can do with that, and on a link that brings updates one by one. */
export const unequalRules: readonly Rule<Chosen, Around>[] = [
  {
    states: 'a method can do with clients whose LoRA differs as the scenario has it',
    findings: ({ method: name, model }, { own }) => {
      const method = own?.methods?.find((each) => each.name === name) ?? shipped[name];
      const unborne = (unequal: Unequal, isUnequal: (slot: Slot) => boolean) =>
        method?.slots.find((slot) => isUnequal(slot) && !bears(slot, unequal));
      const { minRank, sharedModules } = model.lora;
      const ofModules = unborne('modules', (slot) => isByResources(slot, { model }));
      const ofRanks =
        minRank === null ? undefined : unborne('ranks', (slot) => isByResources(slot, { model }));
      return [
        must(
          ofModules === undefined,
          '/model/lora/sharedModules',
          sharedModules,
          `"all" where method is "${name}"`,
          `its slot ${ofModules?.name} is the same for all clients; methods for numbers that differ: ${bearing('modules')}`,
        ),
        must(
          ofRanks === undefined,
          '/model/lora/minRank',
          minRank,
          `null where method is "${name}" and sharedModules is "${sharedModules}"`,
          `its slot ${ofRanks?.name} has one rank; methods for ranks that differ: ${bearing('ranks')}`,
        ),
      ];
    },
  },
  {
    states: 'what clients share over the air is of one size',
    findings: ({ model, channel }) =>
      must(
        !isOverTheAir(channel.uplink.sharing) || model.lora.sharedModules === 'all',
        '/model/lora/sharedModules',
        model.lora.sharedModules,
        '"all" where the sharing of the uplink is "over-the-air"',
        'signals add up place by place',
      ),
  },
];

const shipped: Readonly<Record<string, Method>> = methods;

const bears = ({ bears = [] }: Pick<Slot, 'bears'>, unequal: Unequal) => bears.includes(unequal);

/** The methods whose shared LoRA may differ so. */
function bearing(unequal: Unequal): string {
  const able = Object.values(shipped).filter(({ slots }) => {
    const lora = slots.filter(({ kind }) => kind === 'lora');
    const isShared = lora.some(({ parts }) => parts.some(({ share }) => share !== 'never'));
    return isShared && lora.every((slot) => bears(slot, unequal));
  });
  return able.map(({ name }) => name).join(', ');
}
