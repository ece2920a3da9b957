import { openCell, type Cell, type CellChoice } from './cell.js';

/**
 * All cells in one process, one event at a time: always the earliest of all cells, and of equals the one of the first cell.
 * A message is there as soon as it is sent. Trace hashes by cell.
 */
export async function runInTurns(choices: readonly CellChoice[]): Promise<readonly string[]> {
  const cells: Cell[] = [];
  const waiting = new Map<number, { readonly due: number; readonly go: () => void }>();
  let running = choices.length;
  const next = () => {
    if (running > 0 || waiting.size === 0) return;
    const [first] = [...waiting].sort(([a, one], [b, other]) => one.due - other.due || a - b);
    const [index, { go }] = first!;
    waiting.delete(index);
    running += 1;
    go();
  };
  for (const choice of choices) {
    const others = () => cells.filter((_, index) => index !== choice.index);
    cells.push(await openCell(choice, (noise) => others().forEach((cell) => cell.hear(noise))));
  }
  const stops = () => {
    running -= 1;
    next();
  };
  return Promise.all(
    cells.map((cell, index) =>
      cell
        .run(
          (due) =>
            new Promise((go) => {
              waiting.set(index, { due, go });
              stops();
            }),
        )
        .finally(stops),
    ),
  );
}
