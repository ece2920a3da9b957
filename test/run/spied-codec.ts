import type { RunEvent } from '../../src/index.js';
import { refOf, type ParamSet } from '../../src/learning/params/param-set.js';
import type { Executor } from '../../src/learning/training/executor.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import type { EndedMessage } from '../../src/records/rows.js';
import type { Codec, CodecSettings, CodecStrategy } from '../../src/strategies/compression/codec.js';
import { codecOf, type CodecName } from '../strategies/compression/sample-sets.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/*
 * Stage 1 of the tiny scenario in which clients change their adapters, beside what a codec was given and gave.
 */

/** What the codec was given of an update, and gave. */
export interface Encoding {
  readonly wanted: ParamSet;
  readonly bytes: Uint8Array;
}

/** An update from its training to its end. */
export interface Journey extends Encoding {
  /** What the client began with, and what it trained. */
  readonly base: ParamSet;
  readonly trained: ParamSet;
  readonly row: EndedMessage;
}

export interface SpiedRun extends ProtocolRun {
  readonly codec: Codec;
  /** Of each client, in the order of sending. */
  readonly journeys: ReadonlyMap<string, readonly Journey[]>;
  readonly rows: readonly EndedMessage[];
}

/** A run whose uplink goes by this codec. */
export async function spiedRun(
  name: CodecName,
  options: object,
  set: readonly string[] = [],
): Promise<SpiedRun> {
  const encodings: Encoding[] = [];
  const spied: CodecStrategy = {
    name: 'spied',
    description: name,
    make(settings) {
      const inner = codecOf(name, options, (settings as CodecSettings).direction);
      return {
        ...inner,
        encode(wanted, memory, draw) {
          const made = inner.encode(wanted, memory, draw);
          encodings.push({ wanted, bytes: made.bytes });
          return made;
        },
      };
    },
  };
  const trainings: { client: string; base: ParamSet; trained: ParamSet }[] = [];
  const stub = stubExecutor();
  const executor: Executor = {
    ...stub,
    async run<K extends TaskKind>(request: TaskRequest<K>) {
      const result = await stub.run(request);
      if (request.kind === 'instruct') {
        const { params, seed } = request as TaskRequest<'instruct'>;
        const { tuned } = result.output as TaskResult<'instruct'>['output'];
        trainings.push({
          client: seed.split('/')[1]!,
          base: params.tuned['adapters']!,
          trained: tuned['adapters']!,
        });
      }
      return result;
    },
    fingerprint: () => stub.fingerprint(),
    close: () => stub.close(),
  };
  const rows: EndedMessage[] = [];
  const observer = {
    next: (event: RunEvent) => void (event.type === 'message-ended' && rows.push(event.row)),
  };
  const settings = [
    'stages=["instruction"]',
    'channel.uplink.compression=spied',
    'channel.headerBits=96',
    ...set,
  ];
  const run = await protocolRun(settings, {
    executor,
    observers: [observer],
    strategies: { codecs: [spied] },
  });
  const updates = rows.filter(({ kind }) => kind === 'update').sort((a, b) => a.id - b.id);
  const journeys = new Map<string, Journey[]>();
  updates.forEach((row, index) => {
    const own = journeys.get(row.from) ?? [];
    const { base, trained } = trainings.filter(({ client }) => client === row.from)[own.length]!;
    journeys.set(row.from, [...own, { ...encodings[index]!, base, trained, row }]);
  });
  return { ...run, codec: codecOf(name, options), journeys, rows };
}

export const hashOf = (set: ParamSet) => refOf(set).hash;
