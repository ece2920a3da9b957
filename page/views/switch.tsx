import type { Signal } from '@preact/signals';

/** A checkbox with its words. */
export function Switch({ of, words }: { readonly of: Signal<boolean>; readonly words: string }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={of.value}
        onChange={(event) => (of.value = event.currentTarget.checked)}
      />{' '}
      {words}
    </label>
  );
}
