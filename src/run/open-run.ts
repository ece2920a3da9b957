import { resolve } from 'node:path';
import { orderBitsIn, paramsIn } from '../../machines/events.js';
import { Failure } from '../actors/failure.js';
import { Links } from '../actors/links.js';
import { Presence } from '../actors/presence.js';
import { startOf } from '../actors/start.js';
import type { World } from '../actors/world.js';
import { UserError } from '../errors.js';
import type { Fingerprint } from '../learning/model/backend.js';
import { presences } from '../learning/clients/presence/index.js';
import { ParamStore } from '../learning/params/store.js';
import { poolExecutor, type Executor } from '../learning/training/executor.js';
import { supervised, type Supervision } from '../learning/training/supervised.js';
import { stubExecutor } from '../learning/training/stub-executor.js';
import { unluckyResults, unluckyTries } from '../learning/training/unlucky.js';
import { checkExecutor } from './check-executor.js';
import { checkOptions } from './check-options.js';
import { withAggregations } from './own-aggregations.js';
import type { Transmitter } from '../radio/channel/directions/transmitter.js';
import { linksOf } from '../radio/channel/link.js';
import { messageBits } from '../radio/channel/message-bits.js';
import { JournaledExecutor, type JournalCounts } from '../journal/journaled-executor.js';
import { identityOf } from '../journal/identity.js';
import { TaskJournal } from '../journal/task-journal.js';
import { unluckyJournal } from '../journal/unlucky-journal.js';
import { checkFolder } from '../records/folder.js';
import { createCheckers } from '../records/invariants/index.js';
import { defaultInspection } from '../records/inspection-choice.js';
import { ComputeLedger } from '../records/energy/compute-ledger.js';
import { MessageLedger } from '../records/ledger.js';
import { FailedTries } from '../records/failed-tries.js';
import { openRecords, type Records } from '../records/records.js';
import type { MetricRow } from '../records/rows.js';
import type { Manifest } from '../records/manifest.js';
import { RunEvents } from '../records/run-events.js';
import { RunFigures } from '../records/run-figures.js';
import { TraceHash } from '../records/trace-hash.js';
import { RunWatch } from '../records/watch.js';
import { UnmatchedFaults } from '../records/unmatched-faults.js';
import { noScript } from '../scenario/script.js';
import { Expectations, type Unchecked } from '../script/expectations.js';
import type { Checked, TaskFailures } from '../records/summary.js';
import { Bus } from '../simulation/bus/bus.js';
import { VirtualClock } from '../simulation/clock/virtual-clock.js';
import type { Mishaps } from '../simulation/mishaps.js';
import { allocations } from '../strategies/allocation/index.js';
import { weighing } from '../strategies/aggregation/weigh.js';
import { baseBits, codecsOf } from '../strategies/compression/by-part.js';
import { made, named, nameOf, optionsOf } from '../strategies/strategy.js';
import { loadInputs, type Inputs } from './inputs.js';
import { isResumed, journalFolder } from './resume.js';
import { manifestOf } from './manifest.js';
import { faultNotes } from './notes.js';
import { combinesBases } from '../strategies/combination/index.js';
import type { RunOptions } from './options.js';

/** Everything that stands before the machines start, and what has been written since. */
export interface OpenRun {
  readonly world: World;
  readonly records: Records;
  readonly fingerprint: Fingerprint;
  readonly manifest: Manifest;
  /** What its rows come to, up to now. */
  readonly figures: RunFigures;
  traceHash(): string;
  /** Of the inputs, and of what has come of the scenario up to now. */
  notes(): readonly string[];
  /** What computes tasks, whatever the journal knows. */
  readonly executor: Executor;
  /** How the tasks came by their results; null where no journal is kept. */
  journalCounts(): JournalCounts | null;
  failedTries(): TaskFailures;
  /** What became of the scenario's expectations. */
  checked(summary: Unchecked): readonly Checked[];
  close(): Promise<void>;
}

/**
 * Checks everything, then opens the records: an earlier run's are removed only when this one can start.
 * Throws a UserError for what the user can mend, and the signal's reason where it was aborted.
 *
 * @param mishaps What goes wrong inside; absent, as in every run but those of the soak: nothing.
 */
export async function openRun(options: RunOptions, mishaps?: Mishaps): Promise<OpenRun> {
  const startedAt = performance.now();
  checkOptions(options);
  checkFolder(options.outFolder);
  refuseOwnSource(options);
  let world: World | undefined;
  const onFailure: Supervision['onFailure'] = (failure) => {
    if (!world || world.events.isComplete) return;
    world.events.tell({ type: 'try-failed', ...failure, virtualSeconds: world.clock.nowSeconds });
  };
  const supervised = await executorOf(options, onFailure, mishaps);
  // The journal keeps results that the supervisor has passed.
  const executor = new JournaledExecutor(supervised);
  let records: Records | undefined;
  const close = async () => {
    records?.close();
    if (typeof options.executor !== 'object') await executor.close();
  };
  try {
    // 1. What the scenario names, and what it will run on.
    const inputs = await loadInputs(options);
    const fingerprint = await executor.fingerprint();
    checkExecutor(options.scenario, inputs, fingerprint);
    // 2. What the actors share.
    world = worldOf(options, inputs, executor);
    const manifest = manifestOf(options, inputs, fingerprint);
    options.signal?.throwIfAborted();
    // 3. The records, which take the place of an earlier run's, and the journal, which goes on where the run does.
    const goesOn = isResumed(options, manifest);
    records = openRecords(options.outFolder, options.inspection ?? defaultInspection, goesOn);
    const journal = journalFolder(options);
    if (journal !== null) {
      const kept = new TaskJournal(journal, identityOf(fingerprint));
      executor.use(mishaps ? unluckyJournal(kept, mishaps) : kept);
    }
    // 4. Who hears what the run tells.
    const figures = new RunFigures({
      clients: inputs.clients,
      judges: manifest.judges ?? [],
      scenario: options.scenario,
    });
    const { hash, faults, expectations, tries } = observe(world, options, { figures, records, startedAt });
    world.events.tell({ type: 'manifest', manifest });
    const notes = () => [...(manifest.notes ?? []), ...faultNotes(faults.pointers), ...tries.notes];
    const traceHash = () => hash.digest();
    const checked = (summary: Unchecked) => expectations.checked(summary);
    const journalCounts = () => executor.counts;
    const failedTries = () => tries.summary;
    return {
      ...{ world, records, fingerprint, manifest, figures, executor: supervised },
      ...{ traceHash, notes, journalCounts, failedTries, checked, close },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The records of a run would take the place of those that it goes on from. */
function refuseOwnSource({ scenario: { name, from }, folder, outFolder }: RunOptions): void {
  if (from === null || resolve(folder, from) !== resolve(outFolder)) return;
  throw new UserError(
    `scenario ${name}: /from: is ${JSON.stringify(from)}, the folder that this run would write, expected the ` +
      'folder of another run; choose another with --out',
  );
}

async function executorOf(
  options: RunOptions,
  onFailure: Supervision['onFailure'],
  mishaps?: Mishaps,
): Promise<Executor> {
  const { taskRetries: retries, leastTaskSeconds: leastSeconds } = options.scenario.limits;
  const bare = await bareExecutor(options);
  const supervision = { retries, leastSeconds, onFailure };
  if (!mishaps) return supervised(bare, supervision);
  return unluckyResults(supervised(unluckyTries(bare, mishaps), supervision), mishaps);
}

/** Without learning there is no work for threads, and none for an executor of the caller's. */
function bareExecutor({ scenario, executor, workers, backend }: RunOptions): Executor | Promise<Executor> {
  if (scenario.learning === 'stub') return stubExecutor();
  if (executor === undefined) return poolExecutor(workers, backend);
  return typeof executor === 'function' ? executor() : executor;
}

function worldOf(
  { scenario, strategies, showSamples = false }: RunOptions,
  {
    language,
    rewards,
    clients,
    newcomers,
    earlier,
    begunLora,
    recordings,
    presenceTrace,
    tables,
    method,
    ...inputs
  }: Inputs,
  executor: Executor,
): World {
  const { config, base, tokenizer } = language;
  const ids = clients.map(({ id }) => id);
  const failure = new Failure();
  const clock = new VirtualClock();
  const store = new ParamStore();
  const codecOf = codecsOf(tables.codecs, scenario.channel);
  const encodedBits = baseBits(codecOf('downlink', 'base'), base.values.length);
  const byId = new Map(clients.map((client) => [client.id, client]));
  const shape = {
    config,
    adapters: scenario.model.adapters,
    lora: scenario.model.lora,
    ...(method.mixture && { mixture: method.mixture }),
    ...rewards?.shape,
  };
  const known = {
    ...{ scenario, method, store, codecOf, shape },
    clients: byId,
    base: store.put(base, { encodedBits }),
  };
  const aggregation = named(tables.aggregations, scenario.server.aggregation);
  const own = optionsOf(aggregation, scenario.server.aggregation);
  const { headerBits } = scenario.channel;
  const bus = new Bus(clock, (message) => messageBits(paramsIn(message), headerBits + orderBitsIn(message)));
  const discipline = named(tables.disciplines, scenario.server.discipline);
  const checkers = createCheckers(scenario, method, discipline);
  const events = new RunEvents(checkers, (cause) => failure.report(cause));
  const links = new Links(
    linksOf(scenario, ids, recordings, tables.fadings, ownTransmitters(clients)),
    scenario.channel.faults,
  );
  const ledger = new MessageLedger(
    { ...scenario.channel, pointerOf: (fault) => links.pointerOf(fault) },
    (row) => events.tell({ type: 'message-ended', row }),
    (row) => events.tell({ type: 'message', row }),
  );
  const tellRow = (row: MetricRow) => events.tell({ type: 'row', row });
  events.subscribe(new ComputeLedger(() => clock.nowSeconds, tellRow));
  events.subscribe(ledger);
  // Before any actor subscribes to the bus: the checkers hear of a message first.
  bus.events.subscribe((event) => failure.guard(() => events.tell({ type: 'bus', event })));
  const { presence: choice } = scenario.clients;
  const presence = new Presence({
    clients: ids,
    clock,
    pattern: made(presences, choice, { seed: scenario.seed, clients: ids, trace: presenceTrace }),
    patternName: nameOf(choice),
    record: tellRow,
    tellCharge: (charge) => events.tell(charge),
  });
  events.subscribe(presence);
  let tasks = 0;
  return {
    scenario,
    method,
    discipline: made(tables.disciplines, scenario.server.discipline, scenario.server),
    selection: made(tables.selections, scenario.server.selection, {}),
    allocation: made(allocations, scenario.server.allocation, {}),
    tellsOfClients: aggregation.needsUpdatesOnly !== true,
    sendsBases: (aggregation.needsBase?.(own) ?? false) || combinesBases(method),
    airMean: aggregation.overTheAir?.(own) ?? null,
    weigh: weighing(aggregation, { ...scenario.server, ...own }),
    codecOf,
    shape,
    base: known.base,
    start: startOf(known, ids, earlier),
    begunLora: begunLora?.lora ?? null,
    pretrained: rewards?.start ?? null,
    tokenizer,
    common: inputs.common,
    pretrainingText: inputs.pretrainingText,
    newcomers: new Map(newcomers.map((newcomer) => [newcomer.id, newcomer])),
    clients: byId,
    slowness: new Map(),
    nextTask: () => ++tasks,
    work: new Map(),
    links,
    heard: new Map(),
    responses: new Map(),
    presence,
    clock,
    bus,
    store,
    executor: withAggregations(executor, strategies?.aggregations ?? []),
    ledger,
    events,
    failure,
    showSamples,
    record: tellRow,
  };
}

/** Of the clients whose devices have their own. */
function ownTransmitters(clients: Inputs['clients']): ReadonlyMap<string, Transmitter> {
  return new Map(
    clients.flatMap(({ id, device: { transmitter } }) => (transmitter === null ? [] : [[id, transmitter]])),
  );
}

/** The run's own observers, then the user's. */
function observe(
  { events, clients, scenario }: World,
  { onProgress, observers = [], script = noScript }: RunOptions,
  { figures, records, startedAt }: Pick<OpenRun, 'figures' | 'records'> & { readonly startedAt: number },
) {
  const hash = new TraceHash();
  const faults = new UnmatchedFaults(scenario.channel.faults, [...clients.keys()]);
  const expectations = new Expectations(scenario.expectations, script.code);
  const tries = new FailedTries();
  for (const observer of [figures, hash, records, faults, expectations, tries]) events.subscribe(observer);
  if (onProgress) events.subscribe(new RunWatch([...clients.keys()], onProgress, startedAt));
  observers.forEach((observer, index) => events.subscribe(observer, observer.name ?? String(index + 1)));
  return { hash, faults, expectations, tries };
}
