import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Whether the machine is dark: what draws with the page's colours draws anew when it turns. */
export const isDark = signal(dark.matches);

dark.addEventListener('change', ({ matches }) => (isDark.value = matches));
