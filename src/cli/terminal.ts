import { styleText } from 'node:util';

type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Where a command writes: results and progress to `out`, what is wrong to `err`. */
export interface Terminal {
  readonly out: Stream;
  readonly err: Stream;
}

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours for a terminal; plain text for anything else, and where NO_COLOR is set. */
export function paintFor(stream: Stream): Paint {
  const coloured = stream.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  return coloured ? (style, text) => styleText(style, text) : (_, text) => text;
}

export function line(stream: Stream, text = ''): void {
  stream.write(`${text}\n`);
}

/** A reader that has gone (`| head`, a closed terminal) ends the printing, and nothing else. */
export function outliveReaders(stream: Stream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
