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

/** What a stream can do with what is written to it. */
export interface Abilities {
  readonly colours: boolean;
  /** Whether what stands on it can be drawn over. */
  readonly redraw: boolean;
  /** How many characters a line has room for; Infinity where nothing breaks lines, as in a file. */
  readonly columns: number;
}

/**
 * A file or a pipe takes plain text of any width. So does a terminal with TERM=dumb, or one that CI reads: no
 * escape sequence goes there, and lines keep to its width. NO_COLOR takes the colours alone. Where nothing is
 * known of a terminal's size (0, as on serial lines), it is written in 80 columns and never drawn over.
 */
export function abilitiesOf(stream: Stream, environment: NodeJS.ProcessEnv = process.env): Abilities {
  if (stream.isTTY !== true) return { colours: false, redraw: false, columns: Infinity };
  const { TERM, CI = '', NO_COLOR = '' } = environment;
  const obeysEscapes = TERM !== 'dumb' && ['', '0', 'false'].includes(CI);
  const hasSize = Boolean(stream.columns) && Boolean(stream.rows);
  return {
    colours: obeysEscapes && NO_COLOR === '',
    redraw: obeysEscapes && hasSize,
    columns: stream.columns || 80,
  };
}

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours where the stream has them, else the text as it is. */
export function paintFor(stream: Stream): Paint {
  const { colours } = abilitiesOf(stream);
  return colours ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
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
