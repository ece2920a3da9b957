import Type, { type Static } from 'typebox';
import { stages, type Stage } from '../../machines/protocol.js';
import { Measure } from '../actors/measure-settings.js';
import { Clients } from '../learning/clients/settings.js';
import { Data } from '../learning/data/settings.js';
import { Model } from '../learning/model/settings.js';
import { Alignment } from '../learning/training/algorithms/settings.js';
import { Reward } from '../learning/training/reward-models/settings.js';
import { Instruction } from '../learning/training/settings.js';
import { Channel } from '../radio/channel/settings.js';
import { Expectations, Timeline } from '../script/settings.js';
import { closed, duration, longestSeconds, nullable } from '../settings/form.js';
import { methods } from '../strategies/methods/index.js';
import { method, Server } from '../strategies/settings.js';
import { methodSettings } from './method-settings.js';

const Limits = closed(
  {
    virtualSeconds: duration(1e6, 'virtual time at which the run ends whatever its state', { above: 0 }),
    taskRetries: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 2,
      description:
        'how often a task whose worker died, hung, threw or gave back no result of its is tried again, with its same seed',
    }),
    leastTaskSeconds: duration(
      300,
      'real seconds that a task may take before it counts as hanging; more, where its work at the pace of others ' +
        'asks for it',
      { above: 0 },
    ),
    onTaskFailure: Type.Enum(['abort', 'client-fails'], {
      default: 'abort',
      description:
        'what a training task that failed as often as it may brings about: "abort": the run ends as failed; ' +
        '"client-fails": its client crashes. What the server computes or somebody measures always ends the run',
    }),
    fleet: Type.Enum(['equal', 'mixed'], {
      default: 'equal',
      description:
        'workers at a queue whose backends are not equal: "equal" refuses them; "mixed" takes all of them, and the run’s ' +
        'backend is "mixed": results then depend, in their last digits, on which worker had which task',
    }),
    failedClientSeconds: nullable(
      Type.Number({ exclusiveMinimum: 0, maximum: longestSeconds }),
      'of "client-fails": virtual seconds until the client is on again; null: never',
    ),
  },
  { default: {}, description: 'what ends a run that would go on, and what a run bears' },
);

/**
 * The one source of a scenario's form: TypeScript types, validation and the JSON Schema that editors complete
 * from. Each section stands with what it is about. A key that holds a quantity ends in its unit.
 */
export const ScenarioSchema = closed(
  {
    $schema: Type.Optional(
      Type.String({ description: 'where scenario.schema.json is, for editors; a run does not read it' }),
    ),
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', description: "names the run's folder" }),
    description: Type.Optional(
      Type.String({ description: 'what the scenario is for; stands in the report' }),
    ),
    stages: Type.Unsafe<readonly Stage[]>({
      enum: stages.flatMap((_, first) =>
        stages.slice(first).map((_, index) => stages.slice(first, first + index + 1)),
      ),
      default: [...stages],
      description:
        'the stages of the run, which follow each other; with "instruction" alone neither preference pairs nor ' +
        'reward models are read',
    }),
    from: nullable(
      Type.String({ minLength: 1 }),
      'folder of an earlier run, relative to that of the scenario file: the run begins with its parameters',
    ),
    seed: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 1,
      description: 'every random draw of the run follows from it',
    }),
    method,
    learning: Type.Enum(['real', 'stub'], {
      default: 'real',
      description:
        'whether clients train; "stub" runs the protocol without: what they would train moves by a little noise, ' +
        'and no figure is measured',
    }),
    clients: Clients,
    model: Model,
    data: Data,
    server: Server,
    channel: Channel,
    instruction: Instruction,
    reward: Reward,
    alignment: Alignment,
    methodSettings: methodSettings(Object.keys(methods), {
      instruction: Instruction,
      reward: Reward,
      alignment: Alignment,
    }),
    measure: Measure,
    limits: Limits,
    timeline: Timeline,
    expectations: Expectations,
  },
  { $id: 'pwff-scenario', title: 'A pwff scenario' },
);

/** A scenario with every default filled in. */
export type Scenario = Static<typeof ScenarioSchema>;
