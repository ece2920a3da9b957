import { slotOf } from '../../learning/model/slots.js';
import type { Choice } from '../../settings/choice.js';
import { made } from '../strategy.js';
import type { Codec, CodecSettings, CodecStrategy } from './codec.js';
import type { DirectionCompression } from './settings.js';

export type Direction = CodecSettings['direction'];

/** What the settings say of compression, of both directions and of each. */
export interface CompressionSettings extends Readonly<Record<Direction, DirectionCompression>> {
  readonly compression: Choice;
  readonly compressionByPart: Readonly<Record<string, Choice>>;
}

/** The codec of a part of the model in a direction. */
export type CodecOf = (direction: Direction, part: string) => Codec;

/** What a part goes by: the direction's word for it, the direction's, the channel's for it, the channel's. */
export function compressionOf(settings: CompressionSettings, direction: Direction, part: string): Choice {
  const own = settings[direction];
  return (
    ofPart(own.compressionByPart, part) ??
    own.compression ??
    ofPart(settings.compressionByPart, part) ??
    settings.compression
  );
}

/** Of a part of a split slot ("lora.B") its own, else its slot's ("lora"). */
function ofPart(choices: Readonly<Record<string, Choice>>, part: string): Choice | undefined {
  return choices[part] ?? choices[slotOf(part)];
}

/** Whatever parts of an update may go by, and where the channel's settings say so. */
export function uplinkChoices({
  compression,
  compressionByPart,
  uplink,
}: Omit<CompressionSettings, 'downlink'>): (readonly [pointer: string, choice: Choice])[] {
  const each = (pointer: string, parts: CompressionSettings['compressionByPart']) =>
    Object.entries(parts).map(([part, choice]) => [`${pointer}/${part}`, choice] as const);
  return [
    ...each('/channel/uplink/compressionByPart', uplink.compressionByPart),
    ...(uplink.compression !== null
      ? [['/channel/uplink/compression', uplink.compression] as const]
      : [
          ['/channel/compression', compression] as const,
          ...each('/channel/compressionByPart', compressionByPart),
        ]),
  ];
}

/** Bits of the base model, which goes by the choice for the downlink. */
export const baseBits = ({ bitsPerBaseParameter = 32 }: Codec, parameters: number) =>
  bitsPerBaseParameter * parameters;

/** The codecs that the settings name, each made once. */
export function codecsOf(
  table: Readonly<Record<string, CodecStrategy>>,
  settings: CompressionSettings,
): CodecOf {
  const known = new Map<string, Codec>();
  return (direction, part) => {
    const key = `${direction} ${part}`;
    const codec = known.get(key) ?? made(table, compressionOf(settings, direction, part), { direction });
    known.set(key, codec);
    return codec;
  };
}
