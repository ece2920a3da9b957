import { openCell, type CellChoice, type Noise } from './cell.js';
import type { FromCell, Window } from './in-windows.js';

/*
 * A process with one cell. It runs all events before the end of the window that it was given, then says when its next one is
 * due and what it has sent, and waits for the next window and what others have sent.
 */

const choice = JSON.parse(process.argv[2]!) as CellChoice;
let sent: Noise[] = [];
let endMicroseconds = 0;

const cell = await openCell(choice, (noise) => sent.push(noise));
const hash = await cell.run(async (dueMicroseconds) => {
  while (dueMicroseconds >= endMicroseconds) {
    const window = await asked({ dueMicroseconds, sent });
    endMicroseconds = window.endMicroseconds;
    for (const noise of window.heard) cell.hear(noise);
    // What comes before the event that waits is the next one then: the clock asks about that.
    if (window.heard.some(({ arrivesAtMicroseconds }) => arrivesAtMicroseconds <= dueMicroseconds)) return;
  }
});
tell({ dueMicroseconds: null, sent, hash });
process.disconnect();

function asked(message: FromCell): Promise<Window> {
  return new Promise((resolve) => {
    process.once('message', (window) => resolve(window as Window));
    tell(message);
  });
}

function tell(message: FromCell): void {
  process.send!(message);
  sent = [];
}
