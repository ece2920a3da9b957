/**
 * An assignment of least total cost (Kuhn 1955; the O(n³) form with potentials and shortest augmenting paths: Jonker
 * and Volgenant, Computing 38, 1987). `costs[row][column]`, every row as long as the next. Gives the column of each
 * row, each column once at most; null for rows without one, where there are more rows than columns.
 */
export function assignment(costs: readonly (readonly number[])[]): readonly (number | null)[] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  const size = Math.max(rows, columns);
  // A missing row or column costs nothing: it takes up who is left over.
  const cost = (row: number, column: number) => costs[row]?.[column] ?? 0;
  const rowOf = new Array<number>(size).fill(-1);
  const rowPrice = new Float64Array(size);
  const columnPrice = new Float64Array(size);
  /** Finds the shortest path from a row to a free column, and changes places along it. */
  function augment(first: number): void {
    const distance = new Float64Array(size).fill(Infinity);
    const before = new Array<number>(size).fill(-1);
    const isDone = new Array<boolean>(size).fill(false);
    let [row, column] = [first, -1];
    do {
      let next = -1;
      for (let other = 0; other < size; other++) {
        if (isDone[other]) continue;
        const reduced = cost(row, other) - rowPrice[row]! - columnPrice[other]!;
        const way = (column < 0 ? 0 : distance[column]!) + reduced;
        if (way < distance[other]!) [distance[other], before[other]] = [way, column];
        if (next < 0 || distance[other]! < distance[next]!) next = other;
      }
      column = next;
      isDone[column] = true;
      row = rowOf[column]!;
    } while (row >= 0);
    const length = distance[column]!;
    rowPrice[first]! += length;
    isDone.forEach((done, other) => {
      const owner = rowOf[other]!;
      if (!done || owner < 0) return;
      rowPrice[owner]! += length - distance[other]!;
      columnPrice[other]! -= length - distance[other]!;
    });
    while (column >= 0) {
      const previous = before[column]!;
      rowOf[column] = previous < 0 ? first : rowOf[previous]!;
      column = previous;
    }
  }

  for (let row = 0; row < size; row++) augment(row);
  const columnOf = new Array<number | null>(rows).fill(null);
  rowOf.forEach((row, column) => {
    if (row < rows && column < columns) columnOf[row] = column;
  });
  return columnOf;
}
