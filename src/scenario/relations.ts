import { clientRules } from '../learning/clients/relations.js';
import { dataRules } from '../learning/data/relations.js';
import { modelRules, type KnownModel } from '../learning/model/relations.js';
import { alignmentRules } from '../learning/training/algorithms/relations.js';
import { rewardRules } from '../learning/training/reward-models/relations.js';
import { channelRules } from '../radio/channel/relations.js';
import type { Code } from '../script/code.js';
import { scriptRules } from '../script/relations.js';
import type { Rule } from '../settings/rule.js';
import { allocationRules } from '../strategies/allocation/relations.js';
import { overTheAirRules } from '../strategies/over-the-air/relations.js';
import { methodRules } from '../strategies/methods/relations.js';
import { unequalRules } from '../strategies/methods/unequal.js';
import { partialRules } from '../strategies/partial/relations.js';
import { serverRules } from '../strategies/relations.js';
import type { OwnStrategies } from '../strategies/strategies.js';
import type { Scenario } from './schema.js';
import { stageRules } from './stage-relations.js';

/** What the rules need to know besides the scenario itself. */
export interface Surroundings extends KnownModel {
  /** Which of the paths that the scenario names cannot be read, as "missing" or "a folder" and so on. */
  readonly unreadable: Readonly<Record<string, string>>;
  /** The caller's own strategies, where there are any. */
  readonly own?: OwnStrategies;
  /** Functions of the caller's script, where there are any. */
  readonly code?: Code;
}

const fileRule: Rule<unknown, Surroundings> = {
  states: 'files that the scenario names can be read',
  findings: (_, { unreadable }) =>
    Object.entries(unreadable).map(([pointer, why]) => ({
      pointer,
      is: why,
      expected: 'a file that can be read',
      advice: 'paths are relative to the folder of the scenario file',
    })),
};

/** Relations between the settings of a scenario, each with what it is about. */
export const rules: readonly Rule<Scenario, Surroundings>[] = [
  ...clientRules,
  ...modelRules,
  ...dataRules,
  ...serverRules,
  ...methodRules,
  ...unequalRules,
  ...allocationRules,
  ...overTheAirRules,
  ...partialRules,
  ...channelRules,
  ...rewardRules,
  ...alignmentRules,
  ...stageRules,
  ...scriptRules,
  fileRule,
];
