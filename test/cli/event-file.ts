import { readFileSync } from 'node:fs';

/*
 * A reader of TensorBoard's event files, by their description: TFRecord frames (length, its checksum, data, its checksum)
 * around tensorflow.Event messages (tensorflow/core/util/event.proto). The checksums are passed over.
 */

/** A figure in an event file. */
export interface Written {
  readonly tag: string;
  readonly step: number;
  /** A float32. */
  readonly value: number;
}

export function scalarsIn(path: string): Written[] {
  const file = readFileSync(path);
  const found: Written[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    found.push(...scalarsOf(file.subarray(at + 12, at + 12 + length)));
    at += 12 + length + 4;
  }
  return found;
}

/** Event: 2 is the step, 5 the summary; of a summary 1 is a value; of a value 1 is the tag, 2 the number. */
function scalarsOf(event: Buffer): Written[] {
  const step = Number(fieldsOf(event).find(({ number }) => number === 2)?.value ?? 0);
  return within(event, 5).flatMap((summary) =>
    within(summary, 1).map((value) => ({
      tag: within(value, 1)[0]!.toString(),
      step,
      value: within(value, 2)[0]!.readFloatLE(),
    })),
  );
}

function within(message: Buffer, wanted: number): Buffer[] {
  return fieldsOf(message).flatMap(({ number, value }) =>
    number === wanted && Buffer.isBuffer(value) ? [value] : [],
  );
}

/** The fields of a protocol buffer: integers of wire type 0, bytes of all others. */
function fieldsOf(message: Buffer): { readonly number: number; readonly value: bigint | Buffer }[] {
  const fields = [];
  let at = 0;
  const varint = () => {
    let whole = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      whole |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return whole;
    }
  };
  const bytes = (length: number) => message.subarray(at, (at += length));
  while (at < message.length) {
    const key = Number(varint());
    const type = key & 7;
    const value = type === 0 ? varint() : bytes(type === 1 ? 8 : type === 5 ? 4 : Number(varint()));
    fields.push({ number: key >> 3, value });
  }
  return fields;
}
