import { canonicalJson, exactJson } from './exact-json.js';
import type {
  ClientRow,
  ComputeRow,
  MessageRow,
  MetricRow,
  AirRow,
  PhrasesRow,
  PresenceRow,
  RoundRow,
  SampleRow,
  ScriptRow,
  StepRow,
} from './rows.js';

/**
 * Every key of a row, in the order they are written in. Null, for what was not measured, stands
 * in a `nullable` one only; NaN and infinities stand nowhere.
 */
type Columns<Row> = { readonly [Key in keyof Row]: null extends Row[Key] ? 'nullable' : 'value' };

type OptionalKey<Row> = { [Key in keyof Row]-?: undefined extends Row[Key] ? Key : never }[keyof Row];

const step: Columns<StepRow> = {
  type: 'value',
  step: 'value',
  actor: 'value',
  round: 'value',
  virtualSeconds: 'value',
};

const round: Columns<RoundRow> = {
  type: 'value',
  stage: 'value',
  round: 'value',
  virtualSeconds: 'value',
  seconds: 'value',
  delaySeconds: 'value',
  energyJoules: 'value',
  loss: 'nullable',
  cohort: 'value',
  updates: 'value',
  late: 'value',
  verdict: 'value',
  members: 'value',
  closedBy: 'value',
  energy: 'value',
};

const client: Columns<ClientRow> = {
  type: 'value',
  stage: 'value',
  round: 'value',
  actor: 'value',
  virtualSeconds: 'value',
  task: 'value',
  metrics: 'value',
};

const air: Columns<AirRow> = {
  type: 'value',
  stage: 'value',
  round: 'value',
  part: 'value',
  virtualSeconds: 'value',
  clients: 'value',
  snrDb: 'value',
  noise: 'value',
  truncation: 'value',
  unheard: 'value',
};

const compute: Columns<ComputeRow> = {
  type: 'value',
  stage: 'value',
  round: 'value',
  actor: 'value',
  task: 'value',
  virtualSeconds: 'value',
  seconds: 'value',
  joules: 'value',
  ended: 'value',
};

const presence: Columns<PresenceRow> = {
  type: 'value',
  actor: 'value',
  virtualSeconds: 'value',
  on: 'value',
  cause: 'value',
};

const script: Columns<ScriptRow> = { type: 'value', pointer: 'value', virtualSeconds: 'value' };

const sample: Columns<SampleRow> = {
  type: 'value',
  round: 'value',
  actor: 'value',
  topic: 'value',
  prompt: 'value',
  response: 'value',
};

const phrases: Columns<PhrasesRow> = {
  type: 'value',
  firstRound: 'value',
  round: 'value',
  actor: 'value',
  virtualSeconds: 'value',
  prompts: 'value',
  rewardBefore: 'value',
  reward: 'value',
  gainError: 'nullable',
  rewardStrippedBefore: 'value',
  rewardStripped: 'value',
  phrases: 'value',
};

/** Keys that a row of messages.jsonl has by the scenario. */
const optional: Readonly<Record<OptionalKey<MessageRow>, 'optional'>> = {
  bandShare: 'optional',
  bandWaitSeconds: 'optional',
  allotment: 'optional',
  partial: 'optional',
  why: 'optional',
  story: 'optional',
};

const message: Columns<Omit<MessageRow, OptionalKey<MessageRow>>> = {
  id: 'value',
  copyOf: 'nullable',
  from: 'value',
  to: 'value',
  kind: 'value',
  step: 'value',
  stage: 'value',
  round: 'value',
  params: 'value',
  bits: 'value',
  attempts: 'value',
  outcome: 'value',
  reason: 'nullable',
  acknowledged: 'nullable',
  onAirSeconds: 'value',
  airBits: 'value',
  delaySeconds: 'nullable',
  energyJoules: 'value',
  transmitJoules: 'value',
  receiveJoules: 'value',
  idleJoules: 'value',
  blackoutSeconds: 'value',
  blackouts: 'value',
  price: 'value',
  sentVirtualSeconds: 'value',
  endedVirtualSeconds: 'nullable',
  aggregatedIn: 'nullable',
  leftOut: 'nullable',
};

const messageColumns = { ...message, ...optional };

/**
 * A row of metrics.jsonl as its line, without the line's end. Throws a RangeError for a number it cannot
 * hold.
 */
export function metricLine(row: MetricRow): string {
  switch (row.type) {
    case 'step':
      return line('step row', step, row);
    case 'round':
      return line('round row', round, row);
    case 'air':
      return line('air row', air, row);
    case 'client':
      return line('client row', client, row);
    case 'compute':
      return line('compute row', compute, row);
    case 'script':
      return line('script row', script, row);
    case 'presence':
      return line('presence row', presence, row);
    case 'sample':
      return line('sample row', sample, row);
    case 'phrases':
      return line('phrases row', phrases, row);
  }
}

/**
 * A row of messages.jsonl as its line, without the line's end. Throws a RangeError for a number it cannot
 * hold.
 */
export function messageLine(row: MessageRow): string {
  return line('message row', messageColumns, row);
}

/** The first key that a row of messages.jsonl lacks, as rows of earlier versions do; null where none is missing. */
export function missingMessageKey(row: object): string | null {
  return Object.keys(message).find((key) => !(key in row)) ?? null;
}

function line<Row extends object>(what: string, columns: Readonly<Record<string, string>>, row: Row): string {
  let text = '';
  for (const key in columns) {
    const value: unknown = row[key as keyof Row];
    if (value === undefined && columns[key] === 'optional') continue;
    const place = `${what}/${key}`;
    if (value === null && columns[key] === 'value')
      throw new RangeError(`${place}: is null, expected a value`);
    // Metrics go by name in alphabetical order.
    const json = key === 'metrics' ? canonicalJson(value, place) : exactJson(value, place);
    text += `${text === '' ? '' : ','}"${key}":${json}`;
  }
  return `{${text}}`;
}
