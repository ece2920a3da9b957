import type { answers, AnswerName } from '../../src/inspect/answers.js';

/** What the server answers to a name, as JSON leaves it. */
export type Answer<Name extends AnswerName> = Awaited<ReturnType<(typeof answers)[Name]>>;

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Asks the server; throws an Error with its words where it refuses. */
export async function ask<Name extends AnswerName>(name: Name, query: Query = {}): Promise<Answer<Name>> {
  return fetched<Answer<Name>>(`api/${name}`, query);
}

export interface Session {
  readonly runs: number;
  readonly isLive: boolean;
}

export const askSession = () => fetched<Session>('api/session');

export async function fetched<T>(path: string, query: Query = {}): Promise<T> {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  const response = await fetch(`${path}?${new URLSearchParams(given)}`);
  const body = (await response.json()) as T & { readonly error?: string };
  if (!response.ok) throw new Error(body.error ?? `the server answers ${response.status}`);
  return body;
}
