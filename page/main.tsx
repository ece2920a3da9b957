import { render } from 'preact';
import { App } from './app.js';
import { loadCharts } from './model/charts.js';
import { guarded, open } from './model/player.js';

render(<App />, document.getElementById('page')!);
void guarded(loadCharts);
void open();
