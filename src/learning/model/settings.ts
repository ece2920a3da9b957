import Type, { type Static } from 'typebox';
import { closed, count, nullable, positive } from '../../settings/form.js';

const anyTargets = ['q', 'k', 'v'] as const;
const gpt2Targets = ['attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'] as const;
const llamaTargets = ['o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;

const Lora = closed(
  {
    r: count(1, 8, 'rank'),
    minRank: nullable(
      Type.Integer({ minimum: 1 }),
      'rank of the weakest client’s modules, the strongest has r (Step 1.2); null: r for everybody',
    ),
    alpha: positive(16, 'scaling is alpha / r'),
    targets: Type.Array(Type.Enum([...anyTargets, ...gpt2Targets, ...llamaTargets]), {
      minItems: 1,
      uniqueItems: true,
      default: ['q', 'k', 'v'],
      description:
        'projections that may carry a module, in the order in which Step 1.2 takes them: q, k and v of any model, ' +
        'and attn.c_proj, mlp.c_fc and mlp.c_proj of a GPT-2, or o_proj, gate_proj, up_proj and down_proj of a Llama',
    }),
    minModules: count(1, 3, 'modules of the weakest client (Step 1.2)'),
    maxModules: count(1, 9, 'modules of the strongest client (Step 1.2)'),
    sharedModules: Type.Enum(['all', 'by-resources'], {
      default: 'all',
      description:
        'of LoRA that starts at the server: a module of rank r at every site, or as many and of such a rank as ' +
        'Step 1.2 gives each client; docs/strategies.md says which methods can do with that',
    }),
  },
  { default: {}, description: 'low-rank modules beside projections: a client’s own in PWFF (Step 1.2)' },
);

export const Model = closed(
  {
    path: nullable(
      Type.String(),
      'folder with config.json, model.safetensors and tokenizer.json; null: the embedded model',
    ),
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
          description: 'where each block has one: behind attention, behind the MLP, beside the MLP',
        }),
        bottleneck: count(1, 10, 'width of an adapter'),
      },
      { default: {}, description: 'bottlenecks that the clients share in PWFF (Step 1.1)' },
    ),
    lora: Lora,
    fromPeft: nullable(
      Type.String({ minLength: 1 }),
      'folder of a LoRA as PEFT leaves it, relative to that of the scenario file, that the clients’ LoRA begins as; ' +
        'null: A is drawn and B is zero',
    ),
  },
  { default: {}, description: 'the language model and what is trained of it' },
);

export type Model = Static<typeof Model>;
