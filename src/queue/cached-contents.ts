import type { Contents } from './coded-request.js';

/** What a worker keeps of sets and tables that it fetched. */
const keptBytes = 2 * 2 ** 30;

/** Contents that are fetched once, the base model above all; those not asked for the longest make room. */
export function cachedContents(contents: Contents, mostBytes = keptBytes): Contents {
  const kept = new Map<string, { readonly value: Promise<unknown>; bytes: number }>();
  let bytes = 0;

  function makeRoom(): void {
    for (const [hash, each] of kept) {
      if (bytes <= mostBytes) return;
      kept.delete(hash);
      bytes -= each.bytes;
    }
  }

  const cached = <T>(hash: string, sizeOf: (value: T) => number, fetch: () => Promise<T>): Promise<T> => {
    const known = kept.get(hash);
    const entry = known ?? { value: fetch(), bytes: 0 };
    // The newest stands last.
    kept.delete(hash);
    kept.set(hash, entry);
    if (known) return known.value as Promise<T>;
    return (entry.value as Promise<T>).then(
      (value) => {
        if (kept.get(hash) === entry) bytes += entry.bytes = sizeOf(value);
        makeRoom();
        return value;
      },
      (error: unknown) => {
        kept.delete(hash);
        throw error;
      },
    );
  };

  return {
    set: (hash) =>
      cached(
        hash,
        ({ values }) => values.byteLength,
        () => contents.set(hash),
      ),
    table: (hash) =>
      cached(
        hash,
        ({ rows, tokens }) => rows.byteLength + tokens.byteLength,
        () => contents.table(hash),
      ),
  };
}
