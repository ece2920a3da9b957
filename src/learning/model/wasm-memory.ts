import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Lets an allocation that the WebAssembly memory (4 GB at most) has no room for fail with an error. The
 * backend itself would take the null address for one of its tensors and go on.
 */
export function refuseExhaustedMemory(backend: BackendWasm): void {
  const module = backend.wasm as unknown as {
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
  };
  module._free(module._malloc(1)); // the first call replaces the function
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) {
      throw new RangeError(
        `the WebAssembly memory has no room for ${bytes} more bytes of its 4 GB; ` +
          'take fewer or shorter rows per batch, or the native backend',
      );
    }
    return address;
  };
}
