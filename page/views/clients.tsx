import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask, type Answer } from '../model/api.js';
import { figure, percent } from '../model/format.js';
import { client, guarded, progress } from '../model/player.js';

type Line = Answer<'clients'>[number];
type Column = { readonly key: keyof Line; readonly head: string; readonly show: (line: Line) => string };

const columns: readonly Column[] = [
  { key: 'id', head: 'client', show: ({ id }) => id },
  { key: 'weightHelpful', head: 'weight helpful', show: ({ weightHelpful }) => figure(weightHelpful) },
  { key: 'weightHarmless', head: 'weight harmless', show: ({ weightHarmless }) => figure(weightHarmless) },
  { key: 'designedModules', head: 'LoRA modules', show: ({ designedModules }) => figure(designedModules) },
  { key: 'designedRank', head: 'rank', show: ({ designedRank }) => figure(designedRank) },
  { key: 'trainingRows', head: 'rows', show: ({ trainingRows }) => String(trainingRows) },
  {
    key: 'gigaflopsPerSecond',
    head: 'Gflop/s',
    show: ({ gigaflopsPerSecond }) => figure(gigaflopsPerSecond),
  },
  { key: 'averaged', head: 'updates averaged', show: ({ averaged }) => String(averaged) },
  { key: 'leftOut', head: 'left out', show: ({ leftOut }) => String(leftOut) },
  { key: 'joules', head: 'joules', show: ({ joules }) => figure(joules) },
  { key: 'accuracy', head: 'accuracy', show: ({ accuracy }) => percent(accuracy) },
  { key: 'refusalRate', head: 'refusals', show: ({ refusalRate }) => percent(refusalRate) },
  { key: 'reward', head: 'reward, sd', show: ({ reward }) => figure(reward) },
];

const order = signal<{ readonly key: keyof Line; readonly isRising: boolean }>({ key: 'id', isRising: true });

/** The clients, sorted as the reader likes; choosing one shows it everywhere. */
export function Clients() {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const rounds = progress.value[0]?.rounds;
  useEffect(() => {
    void guarded(async () => setLines(await ask('clients')));
  }, [rounds]);
  const { key, isRising } = order.value;
  const sorted = [...lines].sort((one, other) => (isRising ? 1 : -1) * compare(one[key], other[key]));
  return (
    <section class="wide" aria-label="Clients" tabIndex={0}>
      <table class="clients">
        <thead>
          <tr>
            {columns.map(({ key: own, head }) => (
              <th key={own} aria-sort={own === key ? (isRising ? 'ascending' : 'descending') : 'none'}>
                <button
                  type="button"
                  onClick={() => (order.value = { key: own, isRising: own === key ? !isRising : true })}
                >
                  {head}
                  {own === key ? (isRising ? ' ▲' : ' ▼') : ''}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((line) => (
            <tr key={line.id} class={line.id === client.value ? 'chosen' : ''}>
              {columns.map(({ key: own, show }) => (
                <td key={own}>
                  {own === 'id' ? (
                    <button type="button" onClick={() => (client.value = line.id)}>
                      {line.id}
                    </button>
                  ) : (
                    show(line)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Numbers by their size, names by their numbers too; what is not known comes last. */
function compare(one: Line[keyof Line], other: Line[keyof Line]): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one).localeCompare(String(other), 'en', { numeric: true });
}
