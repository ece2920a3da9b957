import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  inflateRawSync,
  type ZlibOptions,
} from 'node:zlib';

export type Entropy = 'none' | 'deflate' | 'brotli';

type Limit = Pick<ZlibOptions, 'maxOutputLength'>;

interface EntropyCoding {
  compress(bytes: Uint8Array): Uint8Array;
  /** Error where the bytes are no such code, or of more than the limit. */
  expand(bytes: Uint8Array, limit: Limit): Uint8Array;
}

/** In the order of their numbers in a frame's header. Node's zlib makes them, at their best ratio. */
const codings: Readonly<Record<Entropy, EntropyCoding>> = {
  none: { compress: (bytes) => bytes, expand: (bytes) => bytes },
  deflate: { compress: (bytes) => deflateRawSync(bytes, { level: 9 }), expand: inflateRawSync },
  brotli: {
    compress: (bytes) =>
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength } }),
    expand: brotliDecompressSync,
  },
};

export const entropies = Object.keys(codings) as Entropy[];

/** The shorter of the bytes and of their code. */
export function compressed(
  bytes: Uint8Array,
  entropy: Entropy,
): { readonly entropy: Entropy; readonly bytes: Uint8Array } {
  const code = codings[entropy].compress(bytes);
  return code.byteLength < bytes.byteLength ? { entropy, bytes: code } : { entropy: 'none', bytes };
}

/** Error where the bytes are no such code, or of more than `most` bytes. */
export function expanded(bytes: Uint8Array, entropy: Entropy, most: number): Uint8Array {
  return codings[entropy].expand(bytes, { maxOutputLength: most });
}
