/*
 * The table of mutants: defects that somebody could make in the program, each by one replacement in one file, and the
 * checker that has to stop the run.
 */

export interface Mutant {
  /** What it does, after "a mutant that". */
  readonly name: string;
  readonly file: string;
  /** It stands once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: string;
  /** Settings of the scenario "tiny" in which it shows, as on the command line. */
  readonly set: readonly string[];
}

const lossy = ['channel.lossProbability=0.4', 'channel.maxTransmissions=1', 'server.quorum=1'];
const resending = ['channel.lossProbability=0.4', 'channel.maxTransmissions=4'];
const deadlines = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=5`);
const copied = ['channel.faults=[{"effect":"duplicate","delaySeconds":0.01}]'];
const late = [
  'channel.faults=[{"effect":"delay","delaySeconds":6,"client":1,"direction":"uplink"}]',
  'server.quorum=1',
  ...deadlines,
];
const asynchronous = ['server.discipline=asynchronous', 'server.quorum=1'];
const residuals = ['channel.compression={"name":"sign","errorFeedback":true}'];
const scaffold = ['method=scaffold'];
const charged = (watts: { readonly chargeWatts: number; readonly computeWatts: number }) => [
  `clients.presence=${JSON.stringify({ name: 'battery', capacityJoules: 3, chargeFromSeconds: 0, chargeToSeconds: 86_400, ...watts })}`,
  'server.quorum=1',
  ...deadlines,
];
const battery = charged({ chargeWatts: 20, computeWatts: 2 });
const drained = charged({ chargeWatts: 1, computeWatts: 200 });
const markov = [
  'clients.presence={"name":"markov","onSeconds":3,"offSeconds":1}',
  'server.quorum=1',
  ...deadlines,
];
const scheduled = ['channel.uplink.sharing=equal', 'channel.downlink.sharing=equal'];
const crash = [
  'timeline=[{"when":{"on":"step","step":"3.3"},"times":1,"do":[{"action":"crash","client":"client-1","seconds":1}]}]',
  'server.quorum=1',
  ...deadlines,
];
const overTheAir = [
  'channel.uplink.sharing=over-the-air',
  'channel.retransmission=none',
  'channel.coherenceSeconds=0.001',
];

export const mutants: readonly Mutant[] = [
  // Messages and their links.
  {
    name: 'reports an arrival twice',
    file: 'src/actors/channel.ts',
    find: "    bus.report(stateOf(context, 'delivered'), delaySeconds);",
    replace: "    for (const _ of [1, 2]) bus.report(stateOf(context, 'delivered'), delaySeconds);",
    caughtBy: 'conservation',
    set: [],
  },
  {
    name: 'lets a message arrive that was given up',
    file: 'src/actors/channel.ts',
    find: "          outcome: isDelivered ? 'delivered' : 'dropped',",
    replace: "          outcome: 'dropped',",
    caughtBy: 'conservation',
    set: [],
  },
  {
    name: 'adds a bit to what arrives',
    file: 'src/actors/channel.ts',
    find: "    bus.report(stateOf(context, 'delivered'), delaySeconds);",
    replace:
      "    const state = stateOf(context, 'delivered');\n    bus.report({ ...state, bits: state.bits + 1 }, delaySeconds);",
    caughtBy: 'conservation',
    set: [],
  },
  {
    name: 'loses the size of a copy',
    file: 'src/simulation/bus/bus.ts',
    find: 'const account = { envelope: copy, bits: this.#bitsOf(copy.message), ...untouched };',
    replace: 'const account = { envelope: copy, bits: 0, ...untouched };',
    caughtBy: 'conservation',
    set: copied,
  },
  {
    name: 'ends an attempt before it was long enough on the air',
    file: 'src/actors/channel.ts',
    find: 'attemptEnds: ({ context }) => attemptUnderWay(context).seconds * 1e3,',
    replace: 'attemptEnds: ({ context }) => attemptUnderWay(context).seconds * 500,',
    caughtBy: 'causality',
    set: [],
  },
  {
    name: 'numbers messages backwards',
    file: 'src/simulation/bus/bus.ts',
    find: 'const envelope: Envelope<M> = { id: ++this.#sent, from, to, group, message };',
    replace: 'const envelope: Envelope<M> = { id: 1000 - ++this.#sent, from, to, group, message };',
    caughtBy: 'causality',
    set: [],
  },
  {
    name: 'lets virtual time run back',
    file: 'src/simulation/clock/event-heap.ts',
    find: 'return a.timeMicroseconds < b.timeMicroseconds;',
    replace: 'return a.timeMicroseconds > b.timeMicroseconds;',
    caughtBy: 'causality',
    set: [],
  },
  {
    name: 'loses a message on its way from the link to its recipient',
    file: 'src/actors/channel.ts',
    find: "    bus.report(stateOf(context, 'delivered'), delaySeconds);",
    replace: "    if (envelope.id !== 4) bus.report(stateOf(context, 'delivered'), delaySeconds);",
    caughtBy: 'conservation',
    set: [],
  },
  {
    name: 'puts each message on its link twice',
    file: 'src/simulation/bus/bus.ts',
    find: "    if (event.phase === 'sent') this.#queues.tell(`${from} ${to}`, event);",
    replace:
      "    if (event.phase === 'sent') for (const _ of [1, 2]) this.#queues.tell(`${from} ${to}`, event);",
    caughtBy: 'conservation',
    set: [],
  },
  {
    name: 'ends a task in half its time',
    file: 'src/actors/running-task.ts',
    find: 'clock.settleAfter(seconds, work',
    replace: 'clock.settleAfter(seconds / 2, work',
    caughtBy: 'causality',
    set: [],
  },
  // Costs.
  {
    name: 'forgets the energy of all attempts but the last',
    file: 'src/actors/channel.ts',
    find: '      energyJoules: account.energyJoules + attempt.energyJoules,',
    replace: '      energyJoules: attempt.energyJoules,',
    caughtBy: 'cost',
    set: resending,
  },
  {
    name: 'counts bits on the air once however often they are sent',
    file: 'src/actors/channel.ts',
    find: '      airBits: account.airBits + attempt.airBits,',
    replace: '      airBits: attempt.airBits,',
    caughtBy: 'cost',
    set: resending,
  },
  {
    name: 'transmits with more power than there is',
    file: 'src/radio/channel/costs.ts',
    find: 'consumed(transmitter, powerWatts * powerSeconds, onAirSeconds) / receivers;',
    replace: 'consumed(transmitter, 1.1 * powerWatts * powerSeconds, onAirSeconds) / receivers;',
    caughtBy: 'cost',
    set: [],
  },
  {
    name: 'sends once more than the scenario allows',
    file: 'src/radio/channel/sent-again.ts',
    find: 'number < most;',
    replace: 'number <= most;',
    caughtBy: 'cost',
    set: lossy,
  },
  {
    name: 'counts the energy of a round without its receivers',
    file: 'src/records/round-costs.ts',
    find: '    energyJoules: sum(rows.map(({ energyJoules }) => energyJoules)),\n    energy:',
    replace: '    energyJoules: sum(rows.map(({ transmitJoules }) => transmitJoules)),\n    energy:',
    caughtBy: 'energy',
    set: ['channel.receivePowerWatts=0.3'],
  },
  {
    name: 'leaves given-up messages out of a round’s energy',
    file: 'src/records/round-costs.ts',
    find: '  const rows = ended.filter((row) => row.stage === stage && row.copyOf === null);',
    replace:
      "  const rows = ended.filter((row) => row.stage === stage && row.copyOf === null && row.outcome !== 'dropped');",
    caughtBy: 'energy',
    set: [...lossy, ...deadlines],
  },
  {
    name: 'charges a device twice for its work',
    file: 'src/records/energy/compute-ledger.ts',
    find: 'joules: share * task.joules, ended };',
    replace: 'joules: 2 * share * task.joules, ended };',
    caughtBy: 'energy',
    set: battery,
  },
  // Updates and aggregates.
  {
    name: 'keeps aggregated updates at hand',
    file: 'src/actors/server.ts',
    find: '          updates: later,\n          left',
    replace: '          updates: context.updates,\n          left',
    caughtBy: 'at-most-once aggregation',
    set: [...lossy, ...deadlines],
  },
  {
    name: 'aggregates updates before they have come',
    file: 'src/actors/simulation.ts',
    find: "      if (message.direction !== 'up') return;\n      const arrived",
    replace:
      "      if (message.direction !== 'up') return;\n      if (!acknowledged) actor('server')?.send({ type: 'upload.delivered', from: id, upload: message });\n      const arrived",
    caughtBy: 'copies',
    set: [...lossy, ...deadlines],
  },
  {
    name: 'takes a copy of an update for another update',
    file: 'src/actors/arrivals.ts',
    find: '  return valueOf(members, from)?.receipts.includes(updateName(upload)) ?? false;',
    replace: '  return false;',
    caughtBy: 'copies',
    set: copied,
  },
  {
    name: 'aggregates in place of an update what it was made from',
    file: 'src/actors/simulation.ts',
    find: "actor('server')?.send({ type: 'upload.delivered', from, upload: heard(message) });",
    replace:
      "actor('server')?.send({ type: 'upload.delivered', from, upload: { ...message, params: { ...message.params, adapters: message.startedFrom.adapters! } } });",
    caughtBy: 'at-most-once aggregation',
    set: ['stages=["instruction"]'],
  },
  {
    name: 'takes a client for another',
    file: 'src/actors/simulation.ts',
    find: "actor('server')?.send({ type: 'upload.delivered', from, upload: heard(message) });",
    replace: "actor('server')?.send({ type: 'upload.delivered', from: 'client-1', upload: message });",
    caughtBy: 'copies',
    set: [],
  },
  {
    name: 'takes an update twice by another name',
    file: 'src/actors/aggregate.ts',
    find: '    updates: gathered.map(({ from, staleness,',
    replace: '    updates: [...gathered, ...gathered.slice(0, 1)].map(({ from, staleness,',
    caughtBy: 'at-most-once aggregation',
    set: [],
  },
  {
    name: 'lets a client heed copies of downloads',
    file: 'src/actors/client.ts',
    find: '    (known) => known === null || compareOrders(placeOf(download), placeOf(known)) > 0,',
    replace: '    (known) => known === null || compareOrders(placeOf(download), placeOf(known)) >= 0,',
    caughtBy: 'versions',
    set: copied,
  },
  {
    name: 'lets a client take up whatever came last',
    file: 'src/actors/client.ts',
    find: '  return [pending, current].every(',
    replace: '  return [pending].every(',
    caughtBy: 'versions',
    set: copied,
  },
  {
    name: 'skips a version',
    file: 'src/actors/server.ts',
    find: '          version: context.version + 1,',
    replace: '          version: context.version + 2,',
    caughtBy: 'versions',
    set: [],
  },
  {
    name: 'makes a late update look as if it were in time',
    file: 'src/actors/answers.ts',
    find: 'staleness: version - update.upload.answers.version }));',
    replace: 'staleness: 0 }));',
    caughtBy: 'versions',
    set: [...late, 'server.late=accept'],
  },
  {
    name: 'gives an update less than no rows',
    file: 'src/actors/rows.ts',
    find: '  update: ({ data }) => data.train.length,',
    replace: '  update: ({ data }) => -data.train.length,',
    caughtBy: 'versions',
    set: [],
  },
  {
    name: 'counts updates that are too late',
    file: 'src/strategies/disciplines/staleness.ts',
    find: '    admits: (arrival) => counts || arrival.staleness <= bound,',
    replace: '    admits: () => true,',
    caughtBy: 'staleness',
    set: late,
  },
  {
    name: 'is off by one in how late an update may be',
    file: 'src/strategies/disciplines/staleness.ts',
    find: '  const bound = maxStaleness ?? usual;',
    replace: '  const bound = (maxStaleness ?? usual) + 1;',
    caughtBy: 'staleness',
    set: late,
  },
  {
    name: 'does not wait for a quorum',
    file: 'src/actors/answers.ts',
    find: '    if (own.length < quorum) return [];\n',
    replace: '',
    caughtBy: 'quorum',
    set: [...lossy, ...deadlines, 'server.quorum=3'],
  },
  {
    name: 'divides a weighted sum by the root of its weights',
    file: 'src/strategies/aggregation/weighted-mean.ts',
    find: '  return values.map((value) => value / weight);',
    replace: '  return values.map((value) => value / Math.sqrt(weight));',
    caughtBy: 'weights',
    set: [],
  },
  {
    name: 'counts updates where it has to add their weights',
    file: 'src/strategies/aggregation/weighted-mean.ts',
    find: '  sum.weight += weight;',
    replace: '  sum.weight += 1;',
    caughtBy: 'weights',
    set: [],
  },
  {
    name: 'adds a share of an update to the whole global model',
    file: 'src/strategies/aggregation/fedasync.ts',
    find: '(1 - share) * old[i]! + share * next[i]!',
    replace: 'old[i]! + share * next[i]!',
    caughtBy: 'weights',
    set: [...asynchronous, 'server.aggregation=fedasync'],
  },
  {
    name: 'divides a buffer by one too many',
    file: 'src/strategies/aggregation/fedbuff.ts',
    find: '            changes.map((each) => each / count),',
    replace: '            changes.map((each) => each / (count + 1)),',
    caughtBy: 'weights',
    set: ['server.aggregation=fedbuff'],
  },
  {
    name: 'weighs a late update as one in time',
    file: 'src/actors/aggregate.ts',
    find: '    staleness,\n    ageSeconds',
    replace: '    staleness: 0,\n    ageSeconds',
    caughtBy: 'weights',
    set: [...late, 'server.late=accept'],
  },
  {
    name: 'weighs all updates alike by a rule of rows',
    file: 'src/actors/aggregate.ts',
    find: 'const rows = isMeasured ? rowsBehind(world, kind, clientOf(world, from)) : upload.rows;',
    replace: 'const rows = 1;',
    caughtBy: 'weights',
    set: [],
  },
  // Orders and rounds.
  {
    name: 'lets a client answer an order of another version',
    file: 'src/actors/client.ts',
    find: '  const { order: answers, global: startedFrom } = current;',
    replace:
      '  const { order, global: startedFrom } = current;\n  const answers = { ...order, version: order.version + 1 };',
    caughtBy: 'orders',
    set: [],
  },
  {
    name: 'says that work began with another model than it did',
    file: 'src/actors/client.ts',
    find: '  const { order: answers, global: startedFrom } = current;',
    replace:
      '  const { order: answers, global } = current;\n  const startedFrom = { ...global, base: null };',
    caughtBy: 'orders',
    set: [],
  },
  {
    name: 'goes on for a round after the last',
    file: 'src/actors/convergence.ts',
    find: 'round >= maxRounds ?',
    replace: 'round > maxRounds ?',
    caughtBy: 'round order',
    set: [],
  },
  {
    name: 'sends every update twice',
    file: 'src/actors/client.ts',
    find: "          world.bus.send(context.id, 'server', upload);",
    replace: "          for (const _ of [1, 2]) world.bus.send(context.id, 'server', upload);",
    caughtBy: 'round order',
    set: [],
  },
  {
    name: 'begins with Step 2 where Step 1 comes first',
    file: 'src/actors/client.ts',
    find: '      hasNoLora: ({ context }) => !context.designed,',
    replace: '      hasNoLora: () => false,',
    caughtBy: 'phase order',
    set: [],
  },
  {
    name: 'collects preferences again in each round',
    file: 'src/actors/client.ts',
    find: '      collectPreferences: assign({ collected: true }),',
    replace: '      collectPreferences: assign({ collected: false }),',
    caughtBy: 'phase order',
    set: [],
  },
  // What stays where it is.
  {
    name: 'sends all that a client tunes',
    file: 'src/actors/parts.ts',
    find: "  return carries === 'shared' ? sharedParts(method, momentAt(scenario, stage, round)) : carries;",
    replace: "  return carries === 'shared' ? ['adapters', 'lora'] : carries;",
    caughtBy: 'partial aggregation',
    set: [],
  },
  {
    name: 'replaces what is private by what is shared',
    file: 'src/actors/client.ts',
    find: '    const [first, second] = shared.includes(part) ? [pending.global, model] : [model, pending.global];',
    replace: '    const [first, second] = [model, pending.global];',
    caughtBy: 'parameters',
    set: [],
  },
  {
    name: 'takes a personal slot from the server each time',
    file: 'src/actors/client.ts',
    find: '    const [first, second] = shared.includes(part) ? [pending.global, model] : [model, pending.global];',
    replace: '    const [first, second] = [pending.global, model];',
    caughtBy: 'parameters',
    set: ['method=ditto'],
  },
  {
    name: 'changes a part of the global model that no update carried',
    file: 'src/actors/server.ts',
    find: '          global: { ...global, ...parts },\n          memory,',
    replace:
      '          global: { ...global, ...parts, base: Object.values(parts)[0] ?? global.base },\n          memory,',
    caughtBy: 'parameters',
    set: [],
  },
  {
    name: 'designs LoRA over one that is there',
    file: 'src/actors/client.ts',
    find: 'const own = mapValues(missingIn(model, sets), (set) => world.store.put(set));',
    replace: 'const own = { ...mapValues(sets, (set) => world.store.put(set)), base: null };',
    caughtBy: 'parameters',
    set: [],
  },
  {
    name: 'lets a crash leave what was not saved',
    file: 'src/actors/client.ts',
    find: '  return { ...saved, held: refsOf(saved.model).map(({ hash }) => hash) };',
    replace: '  return { ...saved, model: { ...saved.model, base: null }, held: [] };',
    caughtBy: 'parameters',
    set: crash,
  },
  {
    name: 'trains the reward models in alignment',
    file: 'src/actors/tasks.ts',
    find: '    frozen: {\n      ...frozen,\n',
    replace: '    frozen: {\n      ...frozen,\n      rewardModels: storedEach(world, output.critics),\n',
    caughtBy: 'frozen rewards',
    set: [],
  },
  {
    name: 'moves the reference with the policy',
    file: 'src/actors/tasks.ts',
    find: '    frozen: {\n      ...frozen,\n',
    replace: '    frozen: {\n      ...frozen,\n      reference: storedSets(world, output.tuned),\n',
    caughtBy: 'frozen rewards',
    set: [],
  },
  {
    name: 'freezes one reward model as both',
    file: 'src/actors/tasks.ts',
    find: '    rewardModels: { helpful, harmless },',
    replace: '    rewardModels: { helpful, harmless: helpful },',
    caughtBy: 'frozen rewards',
    set: [],
  },
  {
    name: 'remembers what was given up as if it had arrived',
    file: 'src/actors/codec-state.ts',
    find: '    memory: acknowledged ? { ...memory, ...unsettled.memory } : memory,',
    replace: '    memory: { ...memory, ...unsettled.memory },',
    caughtBy: 'commit on delivery',
    set: [...scaffold, ...lossy, ...deadlines],
  },
  {
    name: 'forgets the control variates of a delivered update',
    file: 'src/actors/codec-state.ts',
    find: '    memory: acknowledged ? { ...memory, ...unsettled.memory } : memory,',
    replace: '    memory,',
    caughtBy: 'commit on delivery',
    set: scaffold,
  },
  {
    name: 'loses the residual of an update that was given up',
    file: 'src/actors/codec-state.ts',
    find: 'acknowledged ? unsettled.delivered : owedBy(store, unsettled, arrived)),',
    replace: 'unsettled.delivered),',
    caughtBy: 'commit on delivery',
    set: [...residuals, ...lossy, ...deadlines],
  },
  {
    name: 'owes a residual twice',
    file: 'src/actors/encoding.ts',
    find: 'filter(([part]) => !isTaken(part))),',
    replace: 'filter(() => true)),',
    caughtBy: 'commit on delivery',
    set: residuals,
  },
  {
    name: 'remembers what it sends as it sends it',
    file: 'src/actors/client.ts',
    find: '          residuals,\n          uncommitted:',
    replace: '          residuals,\n          memory: own.memory,\n          uncommitted:',
    caughtBy: 'commit on delivery',
    set: scaffold,
  },
  {
    name: 'delivers downloads to a client next door',
    file: 'src/simulation/bus/bus.ts',
    find: 'this.#deliveries.tell(to, event);',
    replace: "this.#deliveries.tell(to === 'client-2' ? 'client-3' : to, event);",
    caughtBy: 'holdings',
    set: [
      'channel.faults=[{"effect":"drop","direction":"downlink","client":3}]',
      'server.quorum=1',
      ...deadlines,
    ],
  },
  {
    name: 'works with parameters that never came',
    file: 'src/actors/client.ts',
    find: 'pending !== null && refsOf(pending.global).every(({ hash }) => held.includes(hash)),',
    replace: 'pending !== null,',
    caughtBy: 'holdings',
    set: [...lossy, ...deadlines, 'channel.lossProbability=0.6'],
  },
  {
    name: 'swaps a part of a download as it comes',
    file: 'src/actors/simulation.ts',
    find: ": { type: 'download.delivered', download: message },",
    replace:
      ": { type: 'download.delivered', download: { ...message, global: { ...message.global, adapters: message.global.base } } },",
    caughtBy: 'holdings',
    set: [],
  },
  // Devices and bands.
  {
    name: 'lets devices that are off train',
    file: 'src/actors/presence.ts',
    find: '    this.#listener?.wentOff(client, crashed);\n',
    replace: '',
    caughtBy: 'who is on',
    set: markov,
  },
  {
    name: 'never cuts a link whose device goes off',
    file: 'src/actors/simulation.ts',
    find: "          actor(link.id)?.send({ type: 'device.off' });\n",
    replace: '',
    caughtBy: 'who is on',
    set: markov,
  },
  {
    name: 'sends to devices that are off',
    file: 'src/actors/channel.ts',
    find: 'return context.queue.length > 0 && !(presence.isOn(sender) && presence.isOn(recipient));',
    replace: 'return false;',
    caughtBy: 'who is on',
    set: markov,
  },
  {
    name: 'computes on with an empty battery',
    file: 'src/learning/clients/presence/battery.ts',
    find: '    const isThere = this.#isOn ? missing >= 0 : missing <= 0;',
    replace: '    const isThere = false;\n    if (this.#isOn) return;',
    caughtBy: 'battery',
    set: drained,
  },
  {
    name: 'takes nothing from a battery for computing',
    file: 'src/learning/clients/presence/battery.ts',
    find: '    this.#computeWatts = watts;\n',
    replace: '    this.#computeWatts = 0 * watts;\n',
    caughtBy: 'battery',
    set: battery,
  },
  {
    name: 'gives a battery back what the radio takes',
    file: 'src/learning/clients/presence/battery.ts',
    find: 'Math.max(0, this.#joules - joules);',
    replace: 'Math.max(0, this.#joules + joules);',
    caughtBy: 'battery',
    set: battery,
  },
  {
    name: 'overfills a battery',
    file: 'src/learning/clients/presence/battery.ts',
    find: 'Math.min(this.#battery.capacityJoules, Math.max(0, joules));',
    replace: 'Math.max(0, joules);',
    caughtBy: 'battery',
    set: battery,
  },
  {
    name: 'gives the whole band to each sender',
    file: 'src/radio/cell/schedulers/equal.ts',
    find: '        shares.fill(1 / count, 0, count);',
    replace: '        shares.fill(1, 0, count);',
    caughtBy: 'band',
    set: scheduled,
  },
  {
    name: 'leaves half of the band idle',
    file: 'src/radio/cell/schedulers/equal.ts',
    find: '        shares.fill(1 / count, 0, count);',
    replace: '        shares.fill(0.5 / count, 0, count);',
    caughtBy: 'band',
    set: scheduled,
  },
  {
    name: 'closes a slot for one sender after the other',
    file: 'src/actors/air.ts',
    find: 'for (const each of context.inSlot) enqueue.sendTo(...told(system, each, slots.attempt(each)));',
    replace:
      'for (const [k, each] of context.inSlot.entries()) enqueue.sendTo(...told(system, each, slots.attempt(each)), { delay: k });',
    caughtBy: 'one-slot',
    set: overTheAir,
  },
];

/** The settings of all mutants, each once: a run of them finishes where nothing is changed. */
export const settings: readonly (readonly string[])[] = [
  ...new Map(mutants.map(({ set }) => [set.join(' '), set])).values(),
];
