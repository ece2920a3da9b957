import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Lets an allocation that the WebAssembly memory (4 GB at most) has no room for fail with an error. The backend itself
 * would take the null address for one of its tensors and go on; so would it an address behind the memory's end, which its
 * allocator gives where the sum of address and bytes wraps at 4 GB.
 */
export function refuseExhaustedMemory(backend: BackendWasm): void {
  const module = backend.wasm as unknown as {
    asm: { memory: WebAssembly.Memory };
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
  };
  module._free(module._malloc(1)); // the first call replaces the function
  const allocate = module._malloc;
  const { memory } = module.asm;
  module._malloc = (bytes) => {
    const address = allocate(bytes);
    const from = address >>> 0;
    if (from === 0 ? bytes === 0 : from + bytes <= memory.buffer.byteLength) return address;
    if (from !== 0) module._free(address);
    throw new RangeError(
      `the WebAssembly memory has no room for ${bytes} more bytes of its 4 GB; ` +
        'take fewer or shorter rows per batch, or the native backend',
    );
  };
}
