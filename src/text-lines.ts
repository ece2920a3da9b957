import { open, stat, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { messageOf, UserError } from './errors.js';
import { lfsPointerBytes, mostBytes, readTextFile, refuseLfsPointer } from './text-file.js';

const chunkBytes = 1 << 20;

/**
 * The lines of a text file that came from outside, in order and some at a time, whatever its size; what stands behind the
 * last line's end is left out. UTF-8 is read piece by piece; what `readTextFile` decodes otherwise (gzip, UTF-16), as a whole.
 *
 * @param expected What the file should be, for messages.
 * @throws UserError where it cannot be read, is no file, where a line has more than {@link mostBytes}.text, or where a
 * Git LFS pointer stands in its place.
 */
export async function* streamedLines(file: string, expected: string): AsyncGenerator<string[], void, void> {
  const refuse = (thrown: unknown): never => {
    throw new UserError(`${file}: cannot be read (${messageOf(thrown)}), expected ${expected}`);
  };
  const handle = await opened(file).catch(refuse);
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = '';
    for (let at = 0; ;) {
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at).catch(refuse);
      if (bytesRead === 0) return;
      if (at === 0 && isEncoded(chunk.subarray(0, bytesRead))) {
        yield wholeLines(await readTextFile(file, expected));
        return;
      }
      const text = decoder.write(chunk.subarray(0, bytesRead));
      if (at === 0) refuseLfsPointer(file, text.slice(0, lfsPointerBytes), expected);
      at += bytesRead;
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (rest.length > mostBytes.text) refuse(new Error(`has a line of more than ${mostBytes.text} bytes`));
      yield lines;
    }
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<FileHandle> {
  // A pipe is not opened: it may have no end, nor even a beginning.
  if (!(await stat(file)).isFile()) throw new Error('is no file');
  return open(file);
}

/** Whether it begins with gzip's magic bytes or a byte-order mark. */
function isEncoded([first, second]: Buffer): boolean {
  return [0x1f8b, 0xefbb, 0xfffe, 0xfeff].includes((first! << 8) | (second ?? 0));
}

function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
