import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where Chromium is: PWFF_CHROMIUM, or one of the usual places; null where it is at none of them. */
export function chromiumPath(): string | null {
  const { PWFF_CHROMIUM: told } = process.env;
  return (told ? [told] : usualPlaces).find((path) => existsSync(path)) ?? null;
}

export const howToGetChromium =
  'there is no Chromium: `apt-get install chromium`, or name one with PWFF_CHROMIUM=/path/to/chromium';

export function launch(executablePath: string): Promise<Browser> {
  // Chromium refuses its sandbox to root, which is who builds are run by.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
