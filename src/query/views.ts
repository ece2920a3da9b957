/*
 * What can be asked of all runs' records: one view for each kind of row. Columns have the names of docs/records.md.
 */

/** A column of a view: what it is in a row, and its type in DuckDB; a list or an object is JSON. */
type Columns = Readonly<Record<string, 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'JSON'>>;

/** Rows of one of a run's files of JSON lines. */
export interface View {
  readonly name: string;
  readonly file: 'metrics' | 'messages';
  /** The type of its rows in metrics.jsonl; null for all rows of the file. */
  readonly rows: string | null;
  readonly columns: Columns;
  readonly description: string;
}

const round: Columns = { stage: 'VARCHAR', round: 'BIGINT' };
const at: Columns = { virtualSeconds: 'DOUBLE' };

export const views: readonly View[] = [
  {
    name: 'metrics',
    file: 'metrics',
    rows: null,
    description: 'every row of metrics.jsonl, with what all types have',
    columns: {
      type: 'VARCHAR',
      ...round,
      step: 'VARCHAR',
      actor: 'VARCHAR',
      ...at,
      task: 'VARCHAR',
      metrics: 'JSON',
    },
  },
  {
    name: 'rounds',
    file: 'metrics',
    rows: 'round',
    description: 'a closed round of a stage',
    columns: {
      ...round,
      ...at,
      seconds: 'DOUBLE',
      delaySeconds: 'DOUBLE',
      energyJoules: 'DOUBLE',
      loss: 'DOUBLE',
      cohort: 'BIGINT',
      updates: 'BIGINT',
      late: 'BIGINT',
      verdict: 'VARCHAR',
      members: 'JSON',
      closedBy: 'VARCHAR',
      energy: 'JSON',
    },
  },
  {
    name: 'steps',
    file: 'metrics',
    rows: 'step',
    description: 'an actor that entered a step of the paper',
    columns: { step: 'VARCHAR', actor: 'VARCHAR', round: 'BIGINT', ...at },
  },
  {
    name: 'work',
    file: 'metrics',
    rows: 'compute',
    description: 'work that took energy, and has ended',
    columns: {
      ...round,
      actor: 'VARCHAR',
      task: 'VARCHAR',
      ...at,
      seconds: 'DOUBLE',
      joules: 'DOUBLE',
      ended: 'VARCHAR',
    },
  },
  {
    name: 'air',
    file: 'metrics',
    rows: 'air',
    description: 'what the server heard of updates that were on the air at once',
    columns: {
      ...round,
      part: 'VARCHAR',
      ...at,
      clients: 'BIGINT',
      snrDb: 'DOUBLE',
      noise: 'DOUBLE',
      truncation: 'DOUBLE',
      unheard: 'DOUBLE',
    },
  },
  {
    name: 'presence',
    file: 'metrics',
    rows: 'presence',
    description: 'a device that went off or on',
    columns: { actor: 'VARCHAR', ...at, on: 'BOOLEAN', cause: 'VARCHAR' },
  },
  {
    name: 'samples',
    file: 'metrics',
    rows: 'sample',
    description: 'a response to a held-out prompt',
    columns: { round: 'BIGINT', actor: 'VARCHAR', topic: 'VARCHAR', prompt: 'VARCHAR', response: 'VARCHAR' },
  },
  {
    name: 'messages',
    file: 'messages',
    rows: null,
    description: 'a message from sending to its end',
    columns: {
      id: 'BIGINT',
      copyOf: 'BIGINT',
      from: 'VARCHAR',
      to: 'VARCHAR',
      kind: 'VARCHAR',
      step: 'VARCHAR',
      ...round,
      params: 'JSON',
      bits: 'BIGINT',
      attempts: 'BIGINT',
      outcome: 'VARCHAR',
      reason: 'VARCHAR',
      acknowledged: 'BOOLEAN',
      onAirSeconds: 'DOUBLE',
      airBits: 'DOUBLE',
      delaySeconds: 'DOUBLE',
      energyJoules: 'DOUBLE',
      transmitJoules: 'DOUBLE',
      receiveJoules: 'DOUBLE',
      idleJoules: 'DOUBLE',
      blackoutSeconds: 'DOUBLE',
      blackouts: 'JSON',
      bandShare: 'DOUBLE',
      bandWaitSeconds: 'DOUBLE',
      price: 'DOUBLE',
      sentVirtualSeconds: 'DOUBLE',
      endedVirtualSeconds: 'DOUBLE',
      aggregatedIn: 'BIGINT',
      leftOut: 'VARCHAR',
      why: 'VARCHAR',
      allotment: 'JSON',
      story: 'JSON',
    },
  },
];

/** What the tasks of measurement found: a row for each figure of each client row. */
export const measuredView = `CREATE VIEW measured AS
  SELECT run, stage, round, actor, virtualSeconds, task, figure,
    CAST(json_extract(metrics, concat('$."', figure, '"')) AS DOUBLE) AS value
  FROM (SELECT *, unnest(json_keys(metrics)) AS figure FROM metrics WHERE type = 'client')`;
