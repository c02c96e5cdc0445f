const WIDTH = 100;
const HEIGHT = 32;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Draws prices as a small line, or moves one that is there. Its shape says the trend at a glance; the numbers beside it are for everybody.
 *
 * @param {readonly number[]} prices oldest first
 * @param {SVGElement} [svg] drawn before
 */
export function sparkline(prices, svg = emptySparkline()) {
  const lowest = Math.min(...prices);
  const range = Math.max(...prices) - lowest || 1;
  const step = WIDTH / Math.max(1, prices.length - 1);
  const points = prices.map((price, index) => {
    const y = HEIGHT - 3 - ((price - lowest) / range) * (HEIGHT - 6);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  const [area, line] = svg.children;
  line.setAttribute('points', points.join(' '));
  area.setAttribute('points', `0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`);
  return svg;
}

function emptySparkline() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('sparkline');
  svg.append(polygon('polygon'), polygon('polyline'));
  return svg;
}

function polygon(tag) {
  return document.createElementNS(SVG, tag);
}
