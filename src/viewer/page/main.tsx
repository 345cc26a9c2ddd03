import { render } from 'preact';
import { Shell } from './shell.tsx';

const root = document.querySelector('#page');
if (root) render(<Shell />, root);
