/** A kind of file, or of folder, that the program reads. */
export interface Kind {
  readonly name: string;
  readonly samples: Readonly<Record<string, Sample>>;
}

/** Sound files of a kind, and what reads them as the program does. */
export interface Sample {
  /** Writes the files into an empty folder. */
  readonly write: (folder: string) => void | Promise<void>;
  /** Reads them; rejects with a UserError where they are refused. */
  readonly read: (folder: string) => Promise<unknown>;
}
