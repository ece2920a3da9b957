import type * as tf from '@tensorflow/tfjs';
import { borrow, borrowIntegers, type Heap } from './heap.js';
import type { AttentionLayout, Kernels } from './kernels.js';

/**
 * Attention by the compiled kernel, on any backend: it knows where each row ends and computes nothing else.
 */
export function attentionOn(heap: Heap): Pick<Kernels, 'attention' | 'attentionGradient'> {
  const { compiled } = heap;
  return {
    attention: (qkv, layout) => {
      const { offsets, heads, causal } = layout;
      const [tokens, width] = [qkv.shape[0], qkv.shape[1] / 3];
      const shapes = [
        [tokens, width],
        [tokens, heads],
      ];
      const [value, normalizers] = withScratch(heap, layout, width, (at, scratch) =>
        heap.compute([qkv], shapes, (qkv, value, normalizers) =>
          compiled.attention(
            ...[qkv, at, offsets.length - 1, heads, width, Number(causal)],
            ...[value, normalizers, scratch],
          ),
        ),
      );
      return { value: value!, saved: [normalizers!] };
    },
    attentionGradient: (dy, qkv, saved, layout) => {
      const { offsets, heads, causal } = layout;
      const width = qkv.shape[1] / 3;
      const [gradient] = withScratch(heap, layout, width, (at, scratch) =>
        heap.compute([dy, qkv, ...saved], [qkv.shape], (dy, qkv, normalizers, gradient) =>
          compiled.attentionGradient(
            ...[dy, qkv, normalizers, at, offsets.length - 1, heads, width, Number(causal)],
            ...[gradient, scratch],
          ),
        ),
      );
      return gradient as tf.Tensor2D;
    },
  };
}

function withScratch<T>(
  heap: Heap,
  { offsets, heads }: AttentionLayout,
  width: number,
  work: (offsets: number, scratch: number) => T,
): T {
  const bytes = heap.compiled.attentionScratch(longestRow(offsets), width / heads);
  return borrowIntegers(heap, offsets, (at) => borrow(heap, bytes, (scratch) => work(at, scratch)));
}

function longestRow(offsets: Int32Array): number {
  let longest = 0;
  for (let b = 0; b + 1 < offsets.length; b++) longest = Math.max(longest, offsets[b + 1]! - offsets[b]!);
  return longest;
}
