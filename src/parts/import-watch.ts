export { Hook } from 'import-in-the-middle';
