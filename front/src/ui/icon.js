// @ts-check
// Small pictures, drawn in the colour of the words beside them; they say nothing by themselves.

const SVG = 'http://www.w3.org/2000/svg';
const BOX = { viewBox: '0 0 20 20', width: '16', height: '16', 'aria-hidden': 'true' };
const PATHS = {
  lock: 'M5 9.500h10v7H5zM7 9.500V6.500a3 3 0 0 1 6 0v3',
  letter: 'M3 5h14v10.500H3zM3.500 6l6.500 5 6.500-5',
  invite:
    'M5 7a3 3 0 1 0 6 0a3 3 0 1 0-6 0M2.500 16.500a5.500 5.500 0 0 1 11 0M16 6v5M13.500 8.500h5',
  remove: 'M5 7a3 3 0 1 0 6 0a3 3 0 1 0-6 0M2.500 16.500a5.500 5.500 0 0 1 11 0M13.500 8.500h5',
  leave: 'M11.500 3.500h-7v13h7M8.500 10h9M14.500 7l3 3-3 3',
};

/** @param {keyof typeof PATHS} name @returns {SVGSVGElement} */
export function createIcon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [attribute, value] of Object.entries(BOX)) svg.setAttribute(attribute, value);
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
