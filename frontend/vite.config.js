import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

/** One entry for each island; pages find what was built by `.vite/manifest.json`. */
const ISLANDS = ['app', 'task', 'diagram', 'roster', 'import', 'review', 'paper', 'charts', 'board'];

/** Lays a compressed copy beside each file that shrinks by it, for the server to send. */
const packed = {
  name: 'packed',
  writeBundle({ dir }) {
    const assets = join(dir, 'assets');
    for (const file of readdirSync(assets).filter((name) => /\.(js|css|svg)$/.test(name))) {
      writeFileSync(join(assets, `${file}.gz`), gzipSync(readFileSync(join(assets, file)), { level: 9 }));
    }
  },
};

export default defineConfig({
  base: '/static/dist/',
  logLevel: 'error',
  publicDir: false,
  plugins: [packed],
  build: {
    outDir: '../service/web/static/dist',
    emptyOutDir: true,
    manifest: true,
    modulePreload: false,
    rollupOptions: { input: ISLANDS.map((name) => `src/${name}.js`) },
  },
});
