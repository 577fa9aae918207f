// Jest's transform: esbuild removes the types, nothing else.
import { transformSync } from 'esbuild';

export default {
  /** @param {string} source @param {string} file */
  process(source, file) {
    return transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node24',
      sourcefile: file,
      sourcemap: 'inline',
    });
  },
};
