import { defineConfig } from 'vite';

/** One entry for each island; pages find what was built by `.vite/manifest.json`. */
const ISLANDS = ['app', 'task', 'diagram', 'roster', 'import', 'review', 'paper', 'charts', 'board'];

export default defineConfig({
  base: '/static/dist/',
  logLevel: 'error',
  publicDir: false,
  build: {
    outDir: '../service/web/static/dist',
    emptyOutDir: true,
    manifest: true,
    modulePreload: false,
    rollupOptions: { input: ISLANDS.map((name) => `src/${name}.js`) },
  },
});
