import { setTimeout as sleep } from 'node:timers/promises';

/** A worker that ends by itself before or under its first task, as where a library breaks while it loads. */
void sleep(50).then(() => {
  throw new Error('its library is broken');
});

export default function work(): Promise<never> {
  return new Promise(() => {});
}
