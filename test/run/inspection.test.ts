import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { channelMachine } from '../../machines/channel.js';
import { clientMachine } from '../../machines/client.js';
import { serverMachine } from '../../machines/server.js';
import { simulationMachine } from '../../machines/simulation.js';
import { transitionId } from '../../src/charts/transition-id.js';
import {
  readInspection,
  readRun,
  runScenario,
  UserError,
  type EventRow,
  type Inspect,
  type InspectionRow,
  type RunOptions,
} from '../../src/index.js';
import { packageRoot } from '../../src/paths.js';
import { loadScenario } from '../../src/scenario/load.js';
import { protocolRun } from './untrained.js';

const machines: Readonly<Record<string, AnyStateMachine>> = {
  simulation: simulationMachine,
  server: serverMachine,
  client: clientMachine,
  channel: channelMachine,
};

/** Messages are lost, some for good, and devices go away and come back. */
const troubled = [
  'learning=stub',
  'channel.lossProbability=0.4',
  'channel.maxTransmissions=2',
  'clients.presence={"name":"markov","onSeconds":20,"offSeconds":5}',
];

describe('inspection.jsonl', () => {
  const root = mkdtempSync(join(tmpdir(), 'pwff-inspection-'));
  after(() => rmSync(root, { recursive: true, force: true }));

  async function ran(name: string, set: readonly string[], options: Partial<RunOptions> = {}) {
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), { set });
    const outFolder = join(root, name);
    const summary = await runScenario({
      scenario,
      folder,
      outFolder,
      workers: 1,
      backend: 'wasm',
      ...options,
    });
    return { summary, outFolder, text: textIn(outFolder) };
  }

  let rows: readonly InspectionRow[];
  let events: readonly EventRow[];
  let folder: string;

  before(async () => {
    folder = (await ran('troubled', troubled)).outFolder;
    rows = await readInspection(folder);
    events = rows.filter((row) => row.type === 'event');
  });

  it('names every actor first, where its chart begins', () => {
    const actors = rows.filter((row) => row.type === 'actor');
    assert.deepEqual(rows.slice(0, actors.length), actors);
    const ids = ['client-1', 'client-2', 'client-3'];
    assert.deepEqual(
      actors.map(({ actor, machine, parent, state }) => [actor, machine, parent, state]),
      [
        ['simulation', 'simulation', null, 'running'],
        ...ids.map((id) => [id, 'client', 'simulation', 'waiting']),
        ...ids
          .flatMap((id) => [`${id}/uplink`, `${id}/downlink`])
          .map((id) => [id, 'channel', 'simulation', 'idle']),
        ['server', 'server', 'simulation', 'beginning'],
      ],
    );
  });

  it('leads each actor without a gap from state to state, microstep by microstep', () => {
    const states = new Map(rows.flatMap((row) => (row.type === 'actor' ? [[row.actor, row.state]] : [])));
    for (const { actor, before, state, microsteps } of events) {
      assert.equal(before, states.get(actor));
      assert.equal(microsteps.at(-1)?.state ?? before, state);
      states.set(actor, state);
    }
    assert.equal(states.get('simulation'), 'finished');
  });

  it('names transitions of the charts alone, and none by two names', () => {
    const named = new Map(Object.entries(machines).map(([id, machine]) => [id, transitionsOf(machine.root)]));
    for (const names of named.values()) assert.equal(new Set(names).size, names.length);
    const machineOf = new Map(
      rows.flatMap((row) => (row.type === 'actor' ? [[row.actor, row.machine]] : [])),
    );
    const taken = new Set<string>();
    for (const { actor, microsteps } of events) {
      for (const transition of microsteps.flatMap(({ transitions }) => transitions)) {
        assert.ok(named.get(machineOf.get(actor)!)!.includes(transition), transition);
        taken.add(transition);
      }
    }
    for (const each of ['routing||2', 'step-1-3|xstate.done.actor.0.step-1-3|0', 'channel.idle||2']) {
      assert.ok(taken.has(each), each);
    }
  });

  it('keeps the states that a chart only passes through', () => {
    const first = events.find(({ actor, event }) => actor === 'client-1' && event === 'download.delivered')!;
    assert.deepEqual(
      first.microsteps.map(({ state }) => state),
      ['waiting', 'receiving', 'instructionTuning.designing', 'routing', 'instructionTuning.tuning'],
    );
  });

  it('says which message an event is of, as messages.jsonl has it', async () => {
    const { messages } = await readRun(folder);
    const rowOf = new Map(messages.map((row) => [row.id, row]));
    const counted = new Map<string, number>();
    for (const { event, actor, cause, virtualSeconds } of events) {
      counted.set(event, (counted.get(event) ?? 0) + 1);
      if (cause.by !== 'message') continue;
      const { from, to, sentVirtualSeconds, endedVirtualSeconds } = rowOf.get(cause.message)!;
      assert.equal(cause.from, from);
      if (event === 'message.sent') {
        assert.ok(actor.startsWith(to === 'server' ? `${from}/` : `${to}/`));
        assert.equal(virtualSeconds, sentVirtualSeconds);
      } else {
        assert.equal(actor, event.endsWith('.delivered') ? to : from);
        assert.ok(virtualSeconds <= endedVirtualSeconds!);
      }
    }
    assert.equal(counted.get('message.sent'), messages.length);
    const arrived = messages.filter(({ outcome }) => outcome === 'delivered').length;
    const heard = (counted.get('download.delivered') ?? 0) + (counted.get('upload.delivered') ?? 0);
    assert.equal(heard, arrived);
  });

  it('says of every other event why it came', () => {
    const expected: readonly (readonly [RegExp, EventRow['cause']['by']])[] = [
      [/^xstate\.after\./, 'timer'],
      [/^xstate\.done\.actor\.0\./, 'task'],
      [/^xstate\.done\.actor\.server$/, 'actor'],
      [/^device\.|^client\.returned$/, 'presence'],
      [/^message\.|^(up|down)load\./, 'message'],
      [/^clock\./, 'run'],
      [/^xstate\.(init|stop)$/, 'actor'],
    ];
    for (const [pattern, by] of expected) {
      const found = events.filter(({ actor, event }) => actor !== 'simulation' && pattern.test(event));
      const of = found.length > 0 ? found : events.filter(({ event }) => pattern.test(event));
      assert.ok(of.length > 0, String(pattern));
      for (const { event, cause } of of) assert.equal(cause.by, by, event);
    }
  });

  it('tells of times that never run back, and of no session', () => {
    const times = rows.map(({ virtualSeconds }) => virtualSeconds);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.doesNotMatch(textIn(folder)!, /x:\d/);
  });

  it('is the same, byte for byte, in every run of one seed, and another of another', async () => {
    const again = await ran('again', troubled);
    assert.equal(again.text, textIn(folder));
    assert.notEqual((await ran('other', [...troubled, 'seed=2'])).text, textIn(folder));
  });

  it('is the same with two workers as with one', async () => {
    const trained = ['stages=["instruction"]', 'instruction.maxRounds=1'];
    const one = await ran('one', trained);
    const two = await ran('two', trained, { workers: 2 });
    assert.equal(two.text, one.text);
    assert.ok(one.text!.includes('step-1-3|xstate.done.actor'));
  }).timeout(120_000);

  it('changes nothing of a run, thinned or left out', async () => {
    const all = await ran('choice', troubled);
    const thin = await ran('choice', troubled, { inspection: 'thin' });
    const links = (line: string) => line.includes('"machine":"channel"') || line.includes('link","event"');
    assert.equal(
      thin.text,
      all
        .text!.split('\n')
        .filter((line) => !links(line))
        .join('\n'),
    );
    assert.equal((await readRun(thin.outFolder)).manifest.inspection, 'thin');
    const none = await ran('choice', troubled, { inspection: 'none' });
    assert.equal(none.text, null);
    await assert.rejects(readInspection(none.outFolder), UserError);
    assert.equal(thin.summary.traceHash, all.summary.traceHash);
    assert.equal(none.summary.traceHash, all.summary.traceHash);
  });

  it('refuses a choice that there is not', async () => {
    const inspection = 'some' as 'all';
    await assert.rejects(ran('refused', troubled, { inspection }), /\/inspection: is "some", expected/);
  });
});

describe('the inspect of a run', () => {
  it('hears all that XState tells, and the trace hash is that of a run without', async () => {
    const heard = new Set<string>();
    const { run } = await protocolRun([], { inspect: ({ type }) => void heard.add(type) });
    const types = ['actor', 'event', 'microstep', 'action', 'snapshot'];
    assert.deepEqual([...heard].sort(), types.map((type) => `@xstate.${type}`).sort());
    assert.equal(run.traceHash(), (await protocolRun()).run.traceHash());
  });

  it('that throws ends the run as failed, and is named', async () => {
    const inspect: Inspect = ({ type }) => {
      if (type === '@xstate.snapshot') throw new Error('no screen');
    };
    const { ended } = await protocolRun([], { inspect });
    assert.deepEqual(ended, { reason: 'failed', cause: 'inspect failed: no screen' });
  });

  it('may be a scenario’s own, beside the caller’s', async () => {
    const heard: string[] = [];
    const definition = { extends: 'tiny', inspect: () => heard.push('scenario') };
    const { script } = await loadScenario(definition);
    const { scenario, folder } = await loadScenario(definition, { set: ['learning=stub'] });
    const outFolder = mkdtempSync(join(tmpdir(), 'pwff-'));
    try {
      const inspect = () => void heard.push('caller');
      await runScenario({ scenario, folder, outFolder, workers: 1, backend: 'wasm', script, inspect });
    } finally {
      rmSync(outFolder, { recursive: true, force: true });
    }
    assert.deepEqual(heard.slice(0, 4), ['caller', 'scenario', 'caller', 'scenario']);
  });
});

function textIn(folder: string): string | null {
  const path = join(folder, 'inspection.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function transitionsOf(node: AnyStateNode): string[] {
  const own = [...(node.always ?? []), ...[...node.transitions.values()].flat()].map((each) =>
    transitionId(each)!,
  );
  return [...own, ...Object.values(node.states).flatMap((child) => transitionsOf(child as AnyStateNode))];
}
