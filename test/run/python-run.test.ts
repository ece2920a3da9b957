import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/index.js';
import { poolExecutor, pythonExecutor, type Executor } from '../../src/learning/training/executor.js';
import { namedFigures } from '../../src/learning/training/figure.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import type { ParamSet } from '../../src/learning/params/param-set.js';
import { setsIn } from '../../src/learning/params/sets-in.js';
import { packageRoot } from '../../src/paths.js';
import type { RunResult } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { needsPython } from '../python.js';

interface Done {
  readonly request: TaskRequest;
  readonly result: TaskResult;
}

describe('a whole tiny run in Python', function () {
  this.timeout(300e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-python-'));
  const done: Done[] = [];
  let executor: Executor;
  let ours: RunResult;

  const run = async (outFolder: string, executor: Executor, ...set: string[]): Promise<RunResult> => {
    const path = join(packageRoot(), 'scenarios/tiny.json');
    const { scenario, folder } = await loadScenario(path, { set });
    return runScenario({
      ...{ scenario, folder, outFolder: join(root, outFolder), workers: 2, backend: 'wasm', executor },
    });
  };

  before(async function () {
    const python = needsPython(this);
    executor = pythonExecutor(2, python);
    const pool = poolExecutor(2, 'wasm');
    const recording: Executor = {
      ...pool,
      async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
        const result = await pool.run(request);
        done.push({ request, result });
        return result;
      },
    };
    ours = await run('ours', recording);
    await pool.close();
  });
  after(async () => {
    await executor?.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('x', async () => {
    const kinds = new Map<string, number[]>();
    for (const { request, result } of done) {
      const got = await executor.run(request);
      const all = Math.max(0, ...namedFigures(result.metrics).map(([name, v]) => {
        const other = new Map(namedFigures(got.metrics)).get(name);
        if ((v === null) !== (other === null)) throw new Error(name);
        const d = v===null?0:Math.abs(v-other!);
        if (d > 1e-5) console.log(request.kind, name, v, other);
        return d;
      }));
      const sets = setsIn(result.output).map((set, i) => {
        const other = setsIn(got.output)[i]!;
        return distance(set, other) ;
      });
      const [m, s, n] = kinds.get(request.kind) ?? [0, 0, 0];
      kinds.set(request.kind, [Math.max(m!, all), Math.max(s!, ...sets), n! + 1]);
      if (request.kind==='score') assert.deepEqual(got.responses, result.responses);
    }
    console.log(kinds);
    console.log(ours.ended);
  });
});

/** The greatest difference of two sets' numbers. */
function distance(a: ParamSet, b: ParamSet) {
  return a.values.reduce((most, value, i) => Math.max(most, Math.abs(value - b.values[i]!)), 0);
}
