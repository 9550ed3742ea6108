/** Bar charts from `data-chart`: names, series of values, stacked or side by side. Drawn as SVG, so they print well. */

import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const COLOURS = ['#2f7d4f', '#c98a1b', '#b3261e', '#7d97a6'];
const BESIDE = ['#1b5e7d', '#2f7d4f', '#c98a1b'];
const CROWDED = 12;

function option({ names, series, stacked }, style) {
  const text = style.getPropertyValue('--bs-body-color').trim();
  const line = style.getPropertyValue('--line').trim();
  const crowded = names.length > CROWDED;

  return {
    animation: false,
    aria: { enabled: true, decal: { show: true } },
    color: stacked ? COLOURS : BESIDE,
    textStyle: { color: text, fontFamily: style.fontFamily },
    legend: { textStyle: { color: text }, top: 0 },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    grid: { left: 8, right: 8, top: 36, bottom: 8, containLabel: true },
    xAxis: {
      type: 'category',
      data: names,
      axisLabel: { color: text, rotate: crowded ? 60 : 0, interval: 0 },
      axisLine: { lineStyle: { color: line } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: text },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map(({ name, values }) => ({
      type: 'bar',
      name,
      data: values,
      stack: stacked ? 'all' : undefined,
      barMaxWidth: 36,
    })),
  };
}

function draw(figure) {
  const chart = init(figure, null, { renderer: 'svg' });
  const show = () => chart.setOption(option(JSON.parse(figure.dataset.chart), getComputedStyle(document.documentElement)));

  show();
  new ResizeObserver(() => chart.resize()).observe(figure);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  window.addEventListener('beforeprint', () => chart.resize({ width: 700, height: 300 }));
  window.addEventListener('afterprint', () => chart.resize({ width: 'auto', height: 'auto' }));
}

document.querySelectorAll('.chart').forEach(draw);
