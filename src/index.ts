export { UserError } from './errors.js';
export type { Progress } from './records/progress.js';
export type * from './records/rows.js';
export { runScenario, type RunOptions } from './run/run.js';
export { readRun } from './records/read.js';
export { writeReport } from './records/report/report.js';
export { loadScenario } from './scenario/load.js';
export { ScenarioSchema, type Scenario } from './scenario/schema.js';
export { resolveScenario } from './scenario/validate.js';
