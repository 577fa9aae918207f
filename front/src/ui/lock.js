// @ts-check
// A padlock, drawn in the colour of the words beside it; it says nothing by itself.

const SVG = 'http://www.w3.org/2000/svg';
const BOX = { viewBox: '0 0 20 20', width: '16', height: '16', 'aria-hidden': 'true' };
const PATH = 'M5 9.500h10v7H5zM7 9.500V6.500a3 3 0 0 1 6 0v3';

/** @returns {SVGSVGElement} */
export function createLock() {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [name, value] of Object.entries(BOX)) svg.setAttribute(name, value);
  path.setAttribute('d', PATH);
  svg.append(path);
  return svg;
}
