/** What reading one file may take, and what may be said of it. */
export const limits = {
  /** Of the process's processor time: other work on the machine does not count. */
  seconds: 2,
  /** Of JavaScript's heap, by --max-old-space-size; the whole process may have twice as much. */
  megabytes: 512,
  lineCharacters: 2000,
  lines: 200,
  /** Without a word from the process: it hangs. */
  hangSeconds: 60,
} as const;
