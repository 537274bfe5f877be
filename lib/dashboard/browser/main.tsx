import { render } from 'preact';
import { App } from './app.js';
import { showTheme, themeChoice } from './theme/theme-choice.js';
import './styles/colours.css';
import './styles/ground.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/pages.css';

showTheme(themeChoice());
const place = document.getElementById('app');
if (place !== null) render(<App />, place);
