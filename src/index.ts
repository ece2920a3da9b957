export { default as Type } from 'typebox';
export { UserError } from './errors.js';
export type { Fingerprint } from './learning/model/backend.js';
export { poolExecutor, type Attempt, type Executor } from './learning/training/executor.js';
export { TryFailed, type FailedTry, type FailureCause } from './learning/training/task-failure.js';
export type { TaskKind, TaskRequest, TaskResult } from './learning/training/task.js';
export type { Progress } from './records/progress.js';
export type * from './records/rows.js';
export type * from './records/summary.js';
export type * from './records/run-event.js';
export type * from './records/state-events.js';
export type { RunEstimate } from './run/estimate.js';
export type { RunOptions } from './run/options.js';
export { runScenario, type RunResult, type Unwritten } from './run/run.js';
export type { InspectionChoice } from './records/inspection-choice.js';
export {
  readInspection,
  type ActorRow,
  type EventRow,
  type InspectionRow,
} from './records/inspection-rows.js';
export {
  readRun,
  readRunTo,
  type PartialSummary,
  type RunDocuments,
  type RunRecords,
} from './records/read.js';
export type { RowReader } from './records/row-reader.js';
export type { Manifest } from './records/manifest.js';
export { writeReport } from './records/report/report.js';
export { loadScenario, type LoadedScenario, type LoadOptions } from './scenario/load.js';
export type { Script } from './scenario/script.js';
export type { ActionCode, Code, ConditionCode, ExpectationCode } from './script/code.js';
export type { LinkChange, RunControl } from './script/control.js';
export {
  act,
  at,
  defineScenario,
  entersStep,
  eventually,
  every,
  expect,
  message,
  metric,
  never,
  using,
  when,
  type AnyStrategy,
  type Definition,
  type ScriptedEntry,
  type ScriptedExpectation,
  type Used,
} from './script/define.js';
export type { Action, Condition, Expectation, TimelineEntry } from './script/settings.js';
export { startScenario, type StartedRun } from './run/start.js';
export { ScenarioSchema, type Scenario } from './scenario/schema.js';
export { resolveScenario } from './scenario/validate.js';
export type { BusEvent } from './simulation/bus/bus.js';
export { blank, type Memory } from './learning/params/memory.js';
export {
  paramSet,
  tensorsOf,
  type ParamKind,
  type ParamSet,
  type TensorSpec,
} from './learning/params/param-set.js';
export type { FadingStrategy, GainLaw } from './radio/channel/fading/fading.js';
export type { Choice } from './settings/choice.js';
export type { Stream } from './simulation/random/stream.js';
export type * from './strategies/aggregation/aggregation.js';
export { aggregation } from './strategies/aggregation/aggregation.js';
export type * from './strategies/compression/codec.js';
export type * from './strategies/disciplines/discipline.js';
export { discipline } from './strategies/disciplines/discipline.js';
export type { Asked, History, Report } from '../machines/server.js';
export type { Method, Schedule, MethodPhase, PartRule, Slot } from './strategies/methods/method.js';
export type {
  Misfit,
  Profile,
  Scale,
  Selection,
  SelectionStrategy,
  ToSelect,
} from './strategies/selection/selection.js';
export { selection } from './strategies/selection/selection.js';
export type { OwnStrategies, Seam } from './strategies/strategies.js';
export { strategy, type Strategy } from './strategies/strategy.js';
export { defineStudy, type Draw, type RandomSearch, type Study, type Vary } from './study/study.js';
export type { Point } from './study/points.js';
export type { PlannedRun } from './study/plan.js';
export type { Failure } from './study/study-file.js';
export type { Crew } from './study/crew.js';
export type { EndedRun, StudyProgress } from './study/standing.js';
export {
  plannedRuns,
  runStudy,
  type Shard,
  type StudiedRun,
  type StudyOptions,
  type StudyOutcome,
} from './study/run-study.js';
