import Type, { type Static } from 'typebox';
import { choice } from '../../settings/choice.js';
import { closed, closedOrNull, count, fraction } from '../../settings/form.js';
import { transmitterSettings } from '../../radio/channel/directions/transmitter.js';
import { attacks } from './attacks/index.js';
import { presences } from './presence/index.js';
import { ProcessorSetting } from './processor.js';
import { slowdowns } from './slowdowns/index.js';

const Device = closed({
  gigaflopsPerSecond: Type.Number({
    exclusiveMinimum: 0,
    description: 'sustained training speed; with a `processor` that at its maximum frequency',
  }),
  processor: ProcessorSetting,
  transmitter: closedOrNull(transmitterSettings, 'of its radio; null: as `channel.uplink` has it'),
  share: Type.Number({ exclusiveMinimum: 0, description: 'relative number of clients with this device' }),
  slowdown: choice(Object.values(slowdowns), {
    default: 'none',
    description: 'by how much a training task takes longer than it should, drawn for each; docs/clients.md',
  }),
});

const PreferenceWeights = closed({
  helpful: Type.Number({ minimum: 0, maximum: 1, description: 'weight of helpfulness' }),
  harmless: Type.Number({ minimum: 0, maximum: 1, description: 'weight of harmlessness; both sum to 1' }),
});

export const Clients = closed(
  {
    count: count(1, 10, 'number of clients'),
    newcomers: count(
      0,
      0,
      'clients that take no part until training is over: what the shared parts are worth to them is measured then ' +
        '(docs/overfitting.md)',
    ),
    devices: Type.Array(Device, {
      minItems: 1,
      default: [
        { gigaflopsPerSecond: 20, share: 1, slowdown: 'none', processor: null, transmitter: null },
        { gigaflopsPerSecond: 8, share: 1, slowdown: 'none', processor: null, transmitter: null },
        { gigaflopsPerSecond: 3, share: 1, slowdown: 'none', processor: null, transmitter: null },
      ],
      description: 'device classes, dealt to the clients by a keyed draw',
    }),
    availability: fraction(1, 'probability that a client takes part in a round; else it stays silent'),
    presence: choice(Object.values(presences), {
      default: 'always',
      description:
        'when the devices are on: one that is off computes, sends and hears nothing; docs/clients.md',
    }),
    poisoned: closedOrNull(
      {
        clients: Type.Array(Type.Integer({ minimum: 1 }), {
          minItems: 1,
          uniqueItems: true,
          description: 'which, by their numbers: 3 is client-3',
        }),
        attack: choice(Object.values(attacks), {
          default: 'sign-flip',
          description: 'what they do; docs/clients.md has the formulas',
        }),
      },
      'clients that harm the global model; null: none',
    ),
    weights: Type.Union(
      [
        Type.Array(PreferenceWeights, { minItems: 1 }),
        closed({
          dirichlet: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
            minItems: 2,
            maxItems: 2,
            description: 'concentrations of helpfulness and harmlessness; [1, 1] is uniform on the simplex',
          }),
        }),
        closed({
          byClient: Type.Record(Type.String({ pattern: '^client-[1-9][0-9]*$' }), PreferenceWeights, {
            minProperties: 1,
            description:
              'for example { "client-3": { "helpful": 0.2, "harmless": 0.8 } }; others: as weightHarmless',
          }),
        }),
        Type.Null(),
      ],
      {
        default: null,
        description:
          'weights of both objectives (they sum to 1): a list, one for each client; drawn from a Dirichlet ' +
          'distribution; or of some clients by name. null: as weightHarmless',
      },
    ),
    weightHarmless: Type.Union(
      [Type.Literal('uniform'), Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 1 })],
      {
        default: 'uniform',
        description: 'weight of harmlessness of each client (helpfulness has the rest), or drawn uniformly',
      },
    ),
  },
  { default: {}, description: 'who takes part, how fast, and what each wants' },
);

export type Clients = Static<typeof Clients>;
export type PreferenceWeights = Static<typeof PreferenceWeights>;
export type Device = Static<typeof Device>;
