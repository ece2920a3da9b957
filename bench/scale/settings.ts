/*
 * The scenarios of the scale bench: federated tuning without learning, with a model so small that the clients' parameters
 * are not what is measured.
 */

/** How many clients, and how many rounds each of them takes part in, in the mean. */
export interface Scale {
  readonly kind: keyof typeof scenarios;
  readonly clients: number;
  readonly rounds: number;
}

const common = {
  seed: 1,
  learning: 'stub',
  method: 'shepherd',
  stages: ['instruction'],
  model: { lora: { r: 1, targets: ['q'], maxModules: 3 } },
  data: { examplesPerClient: 8, testPerClient: 4, pairsPerClient: 6 },
};

const instruction = { localSteps: 1, batchSize: 8 };

const scenarios = {
  /** Each answer makes a version; Rayleigh links with retransmission. */
  asynchronous: (clients: number, rounds: number) => ({
    ...common,
    name: 'scale',
    clients: { count: clients },
    channel: { fading: 'rayleigh', retransmission: 'arq' },
    server: { quorum: 1, discipline: 'asynchronous', aggregation: 'fedasync' },
    instruction: { ...instruction, maxRounds: rounds * clients },
  }),
  /** Rounds of all clients, over links without fading. */
  synchronous: (clients: number, rounds: number) => ({
    ...common,
    name: 'scale',
    clients: { count: clients },
    channel: { fading: 'none' },
    instruction: { ...instruction, maxRounds: rounds },
  }),
};

export function scenarioOf({ kind, clients, rounds }: Scale): object {
  return scenarios[kind](clients, rounds);
}
