/** A text as DuckDB's literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as DuckDB's identifier, whatever is in it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
