import { defineConfig } from 'vite';

export default defineConfig({
  logLevel: 'warn',
  build: {
    lib: { entry: 'checks/forms/entry.js', formats: ['iife'], name: 'checks', fileName: () => 'forms.js' },
    outDir: 'node_modules/.cache/checks',
    emptyOutDir: false,
    minify: false,
  },
});
