/**
 * Puts chance and the time of day out of a thread's reach: a task that asked for them would give other results
 * to equal requests (decisions D3 and D5). For a worker, once its libraries have started.
 */
export function poison(): void {
  const refuse = (name: string, instead: string) => () => {
    throw new Error(`${name} in a task, expected ${instead}`);
  };
  // eslint-disable-next-line no-restricted-properties -- to be replaced
  Math.random = refuse('Math.random', 'a keyed stream');
  // eslint-disable-next-line no-restricted-properties, no-restricted-globals -- to be replaced
  Date.now = refuse('Date.now', 'no time but what the request says');
}
