import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Failure } from '../actors/failure.js';
import type { World } from '../actors/world.js';
import { Bus } from '../simulation/bus/bus.js';
import { linksOf } from '../radio/channel/link.js';
import { messageBits } from '../radio/channel/message-bits.js';
import { readTrace } from '../radio/channel/fading/trace.js';
import { population, type Client } from '../learning/clients/population.js';
import { VirtualClock } from '../simulation/clock/virtual-clock.js';
import { loadData } from '../learning/data/load.js';
import { templates } from '../learning/data/template.js';
import { loadTokenizer, type Tokenizer } from '../learning/data/tokenizer.js';
import type { FederatedData } from '../learning/data/types.js';
import { UserError } from '../errors.js';
import { createCheckers } from '../records/invariants/index.js';
import { methods } from '../strategies/methods/index.js';
import type { Fingerprint } from '../learning/model/backend.js';
import type { ModelConfig } from '../learning/model/config.js';
import { loadModel } from '../learning/model/load.js';
import { openRewardModel } from './open-reward-model.js';
import { refOf } from '../learning/params/param-set.js';
import { ParamStore } from '../learning/params/store.js';
import { recordFiles } from '../records/folder.js';
import { MessageLedger } from '../records/ledger.js';
import { manifestFormat, type Manifest } from '../records/manifest.js';
import { writeParams, type FinalModels } from '../records/params.js';
import { openRecords, type Records } from '../records/records.js';
import type { MessageRow, MetricRow, Summary } from '../records/rows.js';
import { TraceHash } from '../records/trace-hash.js';
import { RunWatch } from '../records/watch.js';
import { writeReport } from '../records/report/report.js';
import type { RunOptions } from './run.js';
import { poolExecutor, type Executor } from '../learning/training/executor.js';

/** Everything that stands before the machines start, and what has been written since. */
export interface OpenRun {
  readonly world: World;
  readonly records: Records;
  readonly fingerprint: Fingerprint;
  readonly data: FederatedData;
  readonly written: { readonly metrics: readonly MetricRow[]; readonly messages: readonly MessageRow[] };
  traceHash(): string;
  readonly watch: RunWatch;
  /** Writes summary, parameters and report. */
  finish(summary: Summary, models: FinalModels): Promise<void>;
  close(): Promise<void>;
}

/** Loads model and data, starts the workers and opens the records. UserError for what the user can mend. */
export async function openRun(
  options: RunOptions,
  executor: Executor = poolExecutor(options.workers, options.backend),
): Promise<OpenRun> {
  try {
    return await open(options, executor);
  } catch (error) {
    await executor.close();
    throw error;
  }
}

async function open(options: RunOptions, executor: Executor): Promise<OpenRun> {
  const { scenario, folder, outFolder } = options;
  const method = methods[scenario.method];
  const modelFolder = scenario.model.path === null ? null : resolve(folder, scenario.model.path);
  const { config, base } = await loadModel(modelFolder);
  const tokenizer = await loadTokenizer(modelFolder);
  checkVocabulary(tokenizer, config, modelFolder);
  const data = await loadData(scenario, folder, scenario.seed);
  const rewards = await openRewardModel(options, { folder: modelFolder, config, base, tokenizer });
  const { traceFile } = scenario.channel;
  const trace = traceFile === null ? null : await readTrace(resolve(folder, traceFile));
  const template = modelFolder === null ? templates.compact : templates.alpaca;
  const clients = population(scenario, method, data, {
    tokenizer,
    template,
    maxTokens: config.n_positions,
    ...rewards?.encoding,
  });

  const records = openRecords(outFolder);
  try {
    const fingerprint = await executor.fingerprint();
    const clock = new VirtualClock();
    const failure = new Failure();
    const bus = new Bus(clock, ({ params }) => messageBits(params, scenario.channel));
    const store = new ParamStore();
    const checkers = createCheckers(scenario, method);
    const hash = new TraceHash();
    const watch = new RunWatch();
    const metrics: MetricRow[] = [];
    const messages: MessageRow[] = [];
    const baseRef = store.put(base);
    // Checkers come first: they hear of an event before any actor does.
    bus.events.subscribe((event) => failure.guard(() => checkers.onBus(event)));
    const ledger = new MessageLedger(bus, scenario.channel, (row) => {
      messages.push(row);
      watch.onMessage();
      hash.add(withoutStory(row));
      records.message(row);
    });
    const hashes = {
      modelHash: baseRef.hash,
      rewardModelHash: rewards && refOf(rewards.start.loaded.base).hash,
    };
    records.manifest(manifestOf(options, fingerprint, data, clients, hashes));
    const world: World = {
      scenario,
      method,
      shape: {
        config,
        adapters: scenario.model.adapters,
        lora: scenario.model.lora,
        ...rewards?.shape,
      },
      base: baseRef,
      pretrained: rewards?.start ?? null,
      tokenizer,
      clients: new Map(clients.map((client) => [client.id, client])),
      links: linksOf(
        scenario,
        clients.map(({ id }) => id),
        trace,
      ),
      clock,
      bus,
      store,
      executor,
      ledger,
      checkers,
      failure,
      showSamples: options.showSamples ?? false,
      record: (row) => {
        checkers.onMetric(row);
        metrics.push(row);
        watch.onMetric(row);
        // What is shown of the responses does not make it another run: their scores are in other rows.
        if (row.type !== 'sample') hash.add(row);
        records.metric(row);
      },
    };
    return {
      world,
      records,
      fingerprint,
      data,
      written: { metrics, messages },
      traceHash: () => hash.digest(),
      watch,
      finish: async (summary, models) => {
        writeParams(join(outFolder, recordFiles.params), store, models);
        records.summary(summary);
        records.flush();
        await writeReport(outFolder);
      },
      close: async () => {
        records.close();
        await executor.close();
      },
    };
  } catch (error) {
    records.close();
    throw error;
  }
}

/** How much a run tells of its messages does not make it another run. */
function withoutStory(row: MessageRow): MessageRow {
  const { story: _, ...rest } = row;
  return rest;
}

/** Fewer tokens than embeddings are common (padded tables); more would be read from beyond them. */
function checkVocabulary({ size }: Tokenizer, { vocab_size }: ModelConfig, modelFolder: string | null): void {
  if (size <= vocab_size) return;
  throw new UserError(
    `${modelFolder ?? 'the embedded model'}: its tokenizer has ${size} tokens, expected at most ` +
      `config.json's vocab_size, ${vocab_size}; take tokenizer and weights from the same model`,
  );
}

const require = createRequire(import.meta.url);

function manifestOf(
  { scenario, workers }: RunOptions,
  { name, why, version, cpuFeatures, nodeMajor }: Fingerprint,
  { synthetic, reports }: FederatedData,
  clients: readonly Client[],
  hashes: Pick<Manifest, 'modelHash' | 'rewardModelHash'>,
): Manifest {
  const versionOf = (module: string) => (require(`${module}/package.json`) as { version: string }).version;
  return {
    format: manifestFormat,
    version: versionOf('pwff'),
    scenario,
    seed: scenario.seed,
    workers,
    synthetic,
    backend: {
      name,
      reason: why,
      fingerprint: { version, cpuFeatures: cpuFeatures.join(' '), nodeMajor: String(nodeMajor) },
    },
    versions: { node: process.version, '@tensorflow/tfjs': versionOf('@tensorflow/tfjs') },
    ...hashes,
    data: reports,
    clients: clients.map(({ id, data, device, wished }) => ({
      id,
      trainingRows: data.train.length,
      gigaflopsPerSecond: device.gigaflopsPerSecond,
      weightHelpful: wished.helpful,
      weightHarmless: wished.harmless,
      style: data.style ?? null,
    })),
  };
}
