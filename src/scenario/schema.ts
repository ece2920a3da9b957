import Type, { type Static, type TProperties, type TSchema, type TSchemaOptions } from 'typebox';

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

const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { default: null, description });

/** An object whose own defaults are filled in, or null: ajv fills none in inside of `anyOf`. */
const closedOrNull = <P extends TProperties>(properties: P, description: string) => {
  const object = closed(properties);
  return Type.Unsafe<Static<typeof object> | null>({
    ...object,
    type: ['object', 'null'],
    default: null,
    description,
  });
};

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

const PreferenceWeights = closed({
  helpful: Type.Number({ minimum: 0, maximum: 1 }),
  harmless: Type.Number({ minimum: 0, maximum: 1 }),
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
    quorum: count(
      1,
      1,
      'updates without which a round is lost and the global model stays; in stage 2 for each reward model',
    ),
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
    gigaflopsPerSecond: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'speed of the server: an aggregate takes two operations for each parameter of each update; null: no time',
    ),
    discipline: Type.Enum(['synchronous'], {
      default: 'synchronous',
      description: 'when updates make a new version, and who is sent it; synchronous: rounds',
    }),
  },
  { default: {} },
);

const sharings = [
  'orthogonal',
  'split-power-kept',
  'split-density-kept',
  'tdma',
  'proportional-fair',
] as const;

const link = {
  powerWatts: positive(1, 'transmission power'),
  meanSnrDb: Type.Number({
    default: 5,
    description:
      'mean signal-to-noise ratio at the receiver over `bandwidthHz`; unused where there is a `cell`',
  }),
  bandwidthHz: positive(1e6, 'bandwidth of a client (sharing "orthogonal") or of the band that all share'),
  lossProbability: nullable(
    Type.Number({ minimum: 0, maximum: 1 }),
    'of this direction; null: that of the channel',
  ),
  sharing: Type.Enum([...sharings], {
    default: 'orthogonal',
    description:
      'orthogonal: each client has a band of its own; split-power-kept: an equal share of the band with all of ' +
      'the power; split-density-kept: an equal share of band and power; tdma: an equal share of the time; ' +
      'proportional-fair: the whole band in the blocks in which the client is at its relative best',
  }),
};

const GilbertElliott = closedOrNull(
  {
    lossGood: fraction(0, 'probability that a packet which ends in the good state is lost'),
    lossBad: fraction(1, 'the same in the bad state'),
    goodSeconds: nullable(Type.Number({ exclusiveMinimum: 0 }), 'mean duration of the good state'),
    badSeconds: nullable(Type.Number({ exclusiveMinimum: 0 }), 'mean duration of the bad state'),
    fadeGain: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'power gain, relative to its mean, below which the fading is bad: durations from level-crossing rate and ' +
        'average fade duration, in place of the two above',
    ),
  },
  'losses in bursts, beside `lossProbability`; null: none',
);

const Step = closed({
  snrDb: Type.Number({ description: 'lowest signal-to-noise ratio at which the step is used' }),
  bitsPerSecondPerHz: Type.Number({ exclusiveMinimum: 0, description: 'spectral efficiency of the step' }),
});

const Mobility = closedOrNull(
  {
    minSpeedMetersPerSecond: positive(0.5, 'speeds of legs are uniform from here'),
    maxSpeedMetersPerSecond: positive(1.5, 'to here'),
    pauseSeconds: atLeastZero(0, 'rest at each waypoint'),
  },
  'random waypoint; null: clients stay where they are',
);

const Cell = closedOrNull(
  {
    radiusMeters: positive(250, 'clients are placed, and move, within this distance of the server'),
    minDistanceMeters: positive(10, 'no client comes nearer to the server'),
    positions: nullable(
      Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), { minItems: 1 }),
      'x and y in meters of each client, the server at 0, 0; null: drawn, uniform over the cell',
    ),
    pathLoss: Type.Enum(
      [
        'tr38901-uma-los',
        'tr38901-uma-nlos',
        'tr38901-umi-los',
        'tr38901-umi-nlos',
        'tr36814-macro',
        'free-space',
      ],
      { default: 'tr36814-macro', description: 'formula of the path loss, by the 3GPP report that gives it' },
    ),
    shadowingDb: nullable(
      Type.Number({ minimum: 0 }),
      'standard deviation of the log-normal shadowing; null: that of the path-loss formula',
    ),
    shadowingMeters: positive(50, 'distance over which the autocorrelation of the shadowing falls to 1/e'),
    baseHeightMeters: positive(25, 'antenna of the server'),
    clientHeightMeters: positive(1.5, 'antenna of a client'),
    antennaGainDb: Type.Number({ default: 0, description: 'of both antennas together' }),
    noiseDensityDbmPerHz: Type.Number({ default: -174, description: 'thermal noise' }),
    noiseFigureDb: Type.Number({ default: 7, description: 'of the receiver' }),
    mobility: Mobility,
  },
  'mean SNR from distance, path loss and shadowing; null: `meanSnrDb` of each direction',
);

const Fault = closed({
  effect: Type.Enum(['drop', 'corrupt', 'duplicate', 'delay', 'slow', 'blackout'], {
    description:
      'drop, corrupt: the attempt is lost (corrupt: to a failed checksum); duplicate: a second copy arrives; ' +
      'delay: the message arrives later, others may overtake it; slow: the rate is multiplied by `factor`; ' +
      'blackout: no signal from `fromSeconds` to `toSeconds`',
  }),
  client: Type.Optional(
    Type.Integer({ minimum: 1, description: 'number of the client at one end; absent: any' }),
  ),
  direction: Type.Optional(Type.Enum(['uplink', 'downlink'])),
  kind: Type.Optional(Type.String({ description: 'kind of message, as in messages.jsonl' })),
  step: Type.Optional(Type.Enum(['1.1', '1.3', '1.4', '2.1', '2.3', '2.4', '3.3', '3.4'])),
  stage: Type.Optional(Type.Enum(['instruction', 'reward', 'alignment'])),
  round: Type.Optional(
    Type.Integer({ minimum: 0, description: 'round of the message, as in messages.jsonl' }),
  ),
  attempt: Type.Optional(
    Type.Integer({ minimum: 1, description: 'only this attempt; absent: every attempt' }),
  ),
  probability: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'of the effect where everything else matches; absent: 1',
    }),
  ),
  fromSeconds: Type.Optional(
    Type.Number({ minimum: 0, description: 'virtual time from which the fault is there; absent: the start' }),
  ),
  toSeconds: Type.Optional(
    Type.Number({ minimum: 0, description: 'virtual time at which it is over; absent: the end' }),
  ),
  delaySeconds: Type.Optional(
    Type.Number({ minimum: 0, description: 'of "delay", and of the copy of "duplicate"; absent: 1' }),
  ),
  factor: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'of "slow"; absent: 0.1' })),
});

const Channel = closed(
  {
    fading: Type.Enum(['none', 'rayleigh', 'rician', 'nakagami', 'trace'], {
      default: 'rayleigh',
      description: 'gain of a coherence block; none: additive white Gaussian noise alone',
    }),
    ricianK: Type.Number({
      minimum: 0,
      maximum: 1e4,
      default: 3,
      description: 'of "rician": power of the line of sight over that of the scattered paths, a ratio',
    }),
    nakagamiM: Type.Number({
      minimum: 0.5,
      maximum: 1e4,
      default: 2,
      description: 'of "nakagami": shape; 1 is Rayleigh',
    }),
    traceFile: nullable(
      Type.String(),
      'of "trace": CSV with the columns seconds and gain (a ratio) or gainDb, relative to the scenario file; ' +
        'repeated for ever, from a drawn place for each link',
    ),
    correlation: Type.Enum(['independent', 'gauss-markov', 'jakes'], {
      default: 'independent',
      description:
        'of the gain over time. independent: blocks of a message have nothing in common; gauss-markov: ' +
        'autoregressive with rho = J0(2 pi fD T); jakes: a sum of sinusoids with Clarke’s Doppler spectrum',
    }),
    coherenceSeconds: positive(0.05, 'length T of a block of constant gain'),
    dopplerHz: nullable(
      Type.Number({ minimum: 0 }),
      'maximum Doppler shift fD; null: from speed and carrier',
    ),
    speedMetersPerSecond: atLeastZero(1, 'of a client against the server; makes the Doppler shift'),
    carrierHz: positive(2e9, 'carrier frequency: makes the Doppler shift and the path loss'),
    rate: Type.Enum(['capacity', 'fixed', 'cutoff', 'inversion', 'mcs'], {
      default: 'capacity',
      description:
        'capacity: follows Shannon’s rate of every block; fixed: `fixedRateBps` whatever the gain, with outage; ' +
        'cutoff: capacity, silent below `cutoffGain`; inversion: truncated channel inversion, silent below ' +
        '`cutoffGain`; mcs: the best step of `mcs`, silent below the lowest',
    }),
    fixedRateBps: positive(1e6, 'of "fixed", in bits per second'),
    cutoffGain: atLeastZero(0.1, 'of "cutoff" and "inversion": power gain relative to its mean'),
    mcs: nullable(
      Type.Array(Step, { minItems: 1 }),
      'steps of "mcs"; null: the 15 efficiencies of 3GPP TS 36.213 table 7.2.3-1, each from `mcsGapDb` above ' +
        'the ratio at which Shannon’s rate reaches it',
    ),
    mcsGapDb: atLeastZero(2, 'gap to Shannon’s rate of the table that stands for a null `mcs`'),
    lossProbability: fraction(0, 'probability that a packet is lost whatever its gain'),
    gilbertElliott: GilbertElliott,
    retransmission: Type.Enum(['none', 'arq', 'harq-chase', 'harq-ir'], {
      default: 'arq',
      description:
        'of the packets that were lost (selective repeat). harq-chase, harq-ir: with rate "fixed", the receiver ' +
        'adds up the signal-to-noise ratios (Chase combining) or the information (incremental redundancy)',
    }),
    maxTransmissions: count(1, 4, 'attempts until the message is given up'),
    feedbackSeconds: atLeastZero(0.01, 'time until a sender knows that an attempt was lost'),
    backoffSeconds: atLeastZero(0, 'further wait before the second attempt'),
    backoffFactor: Type.Number({
      minimum: 1,
      default: 2,
      description: 'growth of that wait with each attempt',
    }),
    ackLossProbability: fraction(0, 'probability that the sender does not hear of what has arrived'),
    packetBits: nullable(
      Type.Integer({ minimum: 1 }),
      'payload of a packet; each is lost and sent again by itself. null: the message is one packet',
    ),
    packetHeaderBits: count(0, 0, 'bits that every packet carries besides its payload'),
    maxAttemptSeconds: positive(1e5, 'an attempt that would take longer is given up as timed out'),
    headerBits: count(0, 512, 'bits that every message carries besides its parameters'),
    compression: Type.Enum(['none', 'float16'], {
      default: 'none',
      description: 'of every parameter that travels',
    }),
    uplink: closed(link, { default: {} }),
    downlink: closed(
      {
        ...link,
        cast: Type.Enum(['unicast', 'broadcast'], {
          default: 'unicast',
          description:
            'broadcast: what several clients get at once goes on the air once, at the rate of the worst of them; ' +
            'repeats are unicast',
        }),
      },
      { default: {} },
    ),
    cell: Cell,
    receivePowerWatts: atLeastZero(0, 'of a receiver while a message for it is on the air'),
    idlePowerWatts: atLeastZero(
      0,
      'of a sender that waits with a message: silent blocks, feedback, back-off',
    ),
    pricePerMegabyte: atLeastZero(0, 'money for a megabyte (8,000,000 bits) on the air, in any currency'),
    faults: Type.Array(Fault, {
      default: [],
      description: 'what goes wrong by script, or by probability; see docs/radio.md',
    }),
    story: Type.Enum(['none', 'attempts', 'blocks'], {
      default: 'none',
      description:
        'what messages.jsonl tells of every message: nothing more; each attempt; gain and rate over time too',
    }),
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
    kind: Type.Enum(['features', 'gpt2', 'distilbert'], {
      default: 'features',
      description:
        "features: a small network on the base model's features; gpt2: a causal GPT-2 with a linear head, " +
        'that of `path` or the language model; distilbert: the DistilBERT of `path`',
    }),
    path: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description:
        'folder with config.json, model.safetensors and tokenizer files of a DistilBERT, or of a GPT-2 with ' +
        "the language model's tokens (null: the language model itself), relative to the scenario file",
    }),
    train: Type.Enum(['full', 'head'], {
      default: 'full',
      description:
        'what of a GPT-2 or DistilBERT is trained and travels; head: its backbone is frozen, and everybody ' +
        'has it',
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
    centerCoefficient: atLeastZero(
      0.01,
      'of the mean square of a pair’s summed scores, which keeps scores near 0 (Eisenstein et al. 2023; as in TRL)',
    ),
  },
  { default: {} },
);

const Alignment = closed(
  {
    ...rounds(8, 120),
    algorithm: Type.Enum(['ppo', 'rewarded-soups', 'modpo'], {
      default: 'ppo',
      description:
        'ppo: the paper’s, by both rewards at once; rewarded-soups: PPO by each reward alone, then the weights ' +
        'of the two policies interpolated (Ramé et al. 2023); modpo: multi-objective direct preference ' +
        'optimization on the pairs (Zhou et al. 2024), no sampling and no critics',
    }),
    promptsPerRound: count(2, 32, 'responses sampled in a round'),
    sensitiveShare: fraction(0.5, 'share of sensitive prompts among them, where the data has any'),
    maxNewTokens: count(1, 24, 'length at which a response is cut'),
    temperature: positive(1, 'of sampling'),
    ppoEpochs: count(1, 2, 'passes over the sampled responses'),
    minibatchSize: count(1, 16, 'responses of a step'),
    learningRate: positive(1e-3, 'Adam, adapters'),
    loraLearningRateScale: positive(1, 'learning rate of LoRA relative to that of the adapters'),
    criticLearningRate: positive(2e-3, 'Adam, critics'),
    ptxCoefficient: atLeastZero(
      0,
      'weight of the loss on own benign instructions beside PPO’s, against forgetting (PPO-ptx, Ouyang et al. 2022)',
    ),
    klCoefficient: atLeastZero(0.05, 'penalty on the log-ratio to the policy frozen after stage 1'),
    klControl: Type.Enum(['fixed', 'adaptive'], {
      default: 'fixed',
      description: 'adaptive: the coefficient follows `klTarget` from round to round (Ziegler et al. 2019)',
    }),
    klTarget: positive(6, 'of "adaptive": divergence aimed at, nats a response'),
    klHorizon: positive(10000, 'of "adaptive": responses over which a full error changes it by a fifth'),
    targetKl: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'a client’s round ends early when a minibatch has moved the policy by more than 1.5 times so many nats a ' +
        'token (approximate KL); null: never',
    ),
    whitenRewards: Type.Boolean({
      default: false,
      description: 'rewards of tokens scaled to variance 1, as in TRL',
    }),
    whitenAdvantages: Type.Boolean({
      default: true,
      description: 'advantages shifted and scaled, as in TRL',
    }),
    criticWarmupSteps: count(0, 0, 'steps of the critics alone before the first step of a client’s policy'),
    dpoBeta: positive(0.1, 'of "modpo": strength of the tie to the policy frozen after stage 1'),
    collapse: closed(
      {
        klNats: positive(
          25,
          'divergence from the frozen policy, nats a response, above which it has run away',
        ),
        entropyShare: fraction(0.1, 'share of the entropy at the start below which the policy has collapsed'),
        lengthFactor: positive(
          1.75,
          'growth of the responses’ mean length, with growing scores, above which length is being rewarded',
        ),
      },
      {
        default: {},
        description: 'when a run says that its alignment has collapsed; it goes on all the same',
      },
    ),
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
