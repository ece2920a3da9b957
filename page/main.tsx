import { render } from 'preact';
import { App } from './app.js';
import { loadCharts } from './model/charts.js';
import { guarded, open } from './model/player.js';

const page = document.getElementById('page')!;
page.replaceChildren();
render(<App />, page);
void guarded(loadCharts);
void open();
