import Type, { type Static, type TProperties, type TSchemaOptions } from 'typebox';

/*
 * The one source of a scenario's form: TypeScript types, validation and the JSON Schema that editors complete
 * from. A key that holds a quantity ends in its unit.
 */

const closed = <P extends TProperties>(properties: P, options: TSchemaOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });
const count = (minimum: number, value: number, description: string) =>
  Type.Integer({ minimum, default: value, description });
const positive = (value: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, default: value, description });
const atLeastZero = (value: number, description: string) =>
  Type.Number({ minimum: 0, default: value, description });
const fraction = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description });

const Convergence = closed(
  {
    minimumImprovement: atLeastZero(0.002, 'relative fall of the mean loss that still counts as progress'),
    patience: count(1, 3, 'rounds without such a fall after which the stage has converged'),
  },
  {
    default: {},
    description: 'The criterion of Steps 1.5, 2.5 and 3.5, on the mean loss the clients report',
  },
);

const rounds = (maximum: number, deadlineSeconds: number) => ({
  maxRounds: count(1, maximum, 'the stage ends after so many rounds, converged or not'),
  deadlineSeconds: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
    default: deadlineSeconds,
    description: 'virtual seconds after which the server closes a round; null: it waits for every client',
  }),
  convergence: Convergence,
});

const Files = closed({
  instructions: Type.String({ description: 'Alpaca JSON: rows of instruction, input, output' }),
  helpful: Type.String({ description: 'hh-rlhf JSON lines, plain or .gz: chosen, rejected' }),
  harmless: Type.String({ description: 'hh-rlhf JSON lines, plain or .gz: chosen, rejected' }),
});

const Synthetic = closed(
  {
    styleStrength: fraction(1, 'share of answers that a client gives in its own style; 0: all answer alike'),
    styles: count(1, 5, 'number of different styles, dealt to the clients in turn'),
    facts: count(0, 24, 'words that the base model does not know, split over the clients'),
    factHolders: count(1, 3, 'how many clients are taught each fact'),
    factShare: fraction(0.3, 'share of training rows that teach facts'),
    sensitiveShare: fraction(0.2, 'share of training rows that are sensitive requests'),
  },
  { default: {}, description: 'dials of the embedded, synthetic corpus; unused where `files` is given' },
);

const Data = closed(
  {
    files: Type.Union([Files, Type.Null()], {
      default: null,
      description: 'real data from files, relative to the scenario file; null: the embedded synthetic corpus',
    }),
    examplesPerClient: count(8, 240, 'training rows of a client, in the mean'),
    testPerClient: count(4, 48, 'held-out rows a client is measured on; as many again for validation'),
    pairsPerClient: count(6, 96, 'preference pairs of each objective; a third of them held out'),
    dirichletAlpha: positive(
      0.5,
      'concentration of the class proportions; small: each client has few classes',
    ),
    synthetic: Synthetic,
  },
  { default: {} },
);

const Device = closed({
  gigaflopsPerSecond: Type.Number({ exclusiveMinimum: 0, description: 'sustained training speed' }),
  share: Type.Number({ exclusiveMinimum: 0, description: 'relative number of clients with this device' }),
});

const Clients = closed(
  {
    count: count(1, 10, 'number of clients'),
    devices: Type.Array(Device, {
      minItems: 1,
      default: [
        { gigaflopsPerSecond: 20, share: 1 },
        { gigaflopsPerSecond: 8, share: 1 },
        { gigaflopsPerSecond: 3, share: 1 },
      ],
      description: 'device classes, dealt to the clients by a keyed draw',
    }),
    availability: fraction(1, 'probability that a client takes part in a round; else it stays silent'),
    weightHarmless: Type.Union(
      [Type.Literal('uniform'), Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 1 })],
      {
        default: 'uniform',
        description: 'weight of harmlessness of each client (helpfulness has the rest), or drawn uniformly',
      },
    ),
  },
  { default: {} },
);

const Lora = closed(
  {
    r: count(1, 8, 'rank'),
    alpha: positive(16, 'scaling is alpha / r'),
    targets: Type.Array(Type.Enum(['q', 'k', 'v', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj']), {
      minItems: 1,
      uniqueItems: true,
      default: ['q', 'k', 'v'],
      description: 'projections that may carry a module, in the order in which Step 1.2 takes them',
    }),
    minModules: count(1, 3, 'modules of the weakest client (Step 1.2)'),
    maxModules: count(1, 9, 'modules of the strongest client (Step 1.2)'),
  },
  { default: {} },
);

const Model = closed(
  {
    path: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description: 'folder with config.json, model.safetensors and tokenizer.json; null: the embedded model',
    }),
    preinstalled: Type.Boolean({
      default: false,
      description: 'true: clients own the base model already and Step 1.1 sends the adapters only',
    }),
    adapters: closed(
      {
        sites: Type.Array(Type.Enum(['attention', 'mlp', 'parallel']), {
          minItems: 1,
          uniqueItems: true,
          default: ['attention', 'mlp', 'parallel'],
        }),
        bottleneck: count(1, 10, 'width of an adapter'),
      },
      { default: {} },
    ),
    lora: Lora,
  },
  { default: {} },
);

const Server = closed(
  {
    quorum: count(1, 1, 'updates without which a round is lost and the global model stays as it is'),
    selection: Type.Enum(['all', 'random'], { default: 'all', description: 'who takes part in a round' }),
    selectionFraction: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 1,
      description: 'share of the clients that "random" takes, rounded up',
    }),
    aggregation: Type.Enum(['fedavg', 'uniform'], {
      default: 'fedavg',
      description: 'fedavg: mean weighted by training rows; uniform: plain mean',
    }),
    late: Type.Enum(['discard', 'accept'], {
      default: 'discard',
      description:
        'an update of an earlier round of the same stage: dropped, or averaged with a staleness weight',
    }),
    stalenessExponent: atLeastZero(0.5, 'a in the weight (1 + staleness)^-a of an accepted late update'),
  },
  { default: {} },
);

const link = () =>
  closed(
    {
      powerWatts: positive(1, 'transmission power'),
      meanSnrDb: Type.Number({ default: 5, description: 'mean signal-to-noise ratio at the receiver' }),
      bandwidthHz: positive(1e6, "bandwidth of the client's own band"),
    },
    { default: {} },
  );

const Channel = closed(
  {
    fading: Type.Enum(['none', 'rayleigh'], {
      default: 'rayleigh',
      description: 'gain of a coherence block',
    }),
    coherenceSeconds: positive(0.05, 'length of a block of constant gain'),
    lossProbability: fraction(0, 'probability that a transmission is lost whatever its gain'),
    retransmission: Type.Enum(['none', 'arq'], { default: 'arq' }),
    maxTransmissions: count(1, 4, 'attempts of "arq" until the message is given up'),
    feedbackSeconds: atLeastZero(0.01, 'time until a sender knows that an attempt was lost'),
    headerBits: count(0, 512, 'bits that every message carries besides its parameters'),
    compression: Type.Enum(['none', 'float16'], {
      default: 'none',
      description: 'of every parameter that travels',
    }),
    uplink: link(),
    downlink: link(),
  },
  { default: {} },
);

const Instruction = closed(
  {
    ...rounds(8, 120),
    localSteps: count(1, 8, 'optimizer steps of a client in a round'),
    batchSize: count(1, 16, 'rows of a step'),
    learningRate: positive(2e-3, 'Adam, adapters'),
    loraLearningRateScale: positive(1, 'learning rate of LoRA relative to that of the adapters'),
    maxGradientNorm: positive(1, 'global norm that gradients are clipped to'),
  },
  { default: {} },
);

const RewardModel = closed(
  {
    kind: Type.Enum(['features', 'distilbert'], {
      default: 'features',
      description:
        "features: a small network on the base model's features; distilbert: the DistilBERT of `path`",
    }),
    path: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description:
        'folder with config.json, model.safetensors and tokenizer.json or vocab.txt of a DistilBERT, ' +
        'relative to the scenario file',
    }),
    train: Type.Enum(['full', 'head'], {
      default: 'full',
      description:
        'what of a DistilBERT is trained and travels; head: its backbone is frozen, and everybody has it',
    }),
  },
  { default: {} },
);

const Reward = closed(
  {
    ...rounds(4, 120),
    model: RewardModel,
    hidden: count(
      1,
      64,
      'width of the fully-connected network (Step 2.1), or of the critics beside a DistilBERT (Step 3.1)',
    ),
    localSteps: count(1, 30, 'optimizer steps of a client in a round'),
    batchSize: count(1, 16, 'pairs of a step'),
    learningRate: positive(2e-3, 'Adam'),
    weightDecay: atLeastZero(1e-3, 'decoupled (AdamW)'),
  },
  { default: {} },
);

const Alignment = closed(
  {
    ...rounds(8, 120),
    promptsPerRound: count(2, 32, 'responses sampled in a round'),
    sensitiveShare: fraction(0.5, 'share of sensitive prompts among them, where the data has any'),
    maxNewTokens: count(1, 24, 'length at which a response is cut'),
    temperature: positive(1, 'of sampling'),
    ppoEpochs: count(1, 2, 'passes over the sampled responses'),
    minibatchSize: count(1, 16, 'responses of a step'),
    learningRate: positive(1e-3, 'Adam, adapters'),
    loraLearningRateScale: positive(1, 'learning rate of LoRA relative to that of the adapters'),
    criticLearningRate: positive(2e-3, 'Adam, critics'),
    klCoefficient: atLeastZero(0.05, 'penalty on the log-ratio to the policy frozen after stage 1'),
    discount: fraction(1, 'gamma of the return'),
    lambda: fraction(0.95, 'of generalized advantage estimation'),
    clipRange: positive(0.2, 'of the probability ratio'),
    clipRangeValue: positive(0.2, 'of the value'),
    maxGradientNorm: positive(1, 'global norm that gradients are clipped to'),
    missingEosPenalty: atLeastZero(3, 'taken from the score of a response without end-of-text'),
  },
  { default: {} },
);

const Limits = closed(
  {
    virtualSeconds: positive(1e6, 'virtual time at which the run ends whatever its state'),
  },
  { default: {} },
);

export const ScenarioSchema = closed(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', description: "names the run's folder" }),
    description: Type.Optional(Type.String()),
    seed: count(0, 1, 'every random draw of the run follows from it'),
    method: Type.Enum(['pwff', 'vanilla-fl', 'fedada', 'fedlora', 'sfl', 'pfl', 'shepherd', 'local-only'], {
      default: 'pwff',
    }),
    clients: Clients,
    model: Model,
    data: Data,
    server: Server,
    channel: Channel,
    instruction: Instruction,
    reward: Reward,
    alignment: Alignment,
    limits: Limits,
  },
  { $id: 'pwff-scenario', title: 'A pwff scenario' },
);

/** A scenario with every default filled in. */
export type Scenario = Static<typeof ScenarioSchema>;
export type MethodName = Scenario['method'];
