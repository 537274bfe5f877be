import { describe, expect, it } from 'vitest';
import {
  areaPath,
  linearScale,
  linePath,
  nearestPoint,
  niceCeiling,
  pointPositions,
} from '../../../../lib/dashboard/browser/charts/scales.js';

describe('the scales of a chart', () => {
  it.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
    [1, 1],
    [7, 10],
    [23, 25],
    [101, 200],
    [0.3, 0.5],
  ])('put %d below %d', (highest, ceiling) => {
    expect(niceCeiling(highest)).toBeCloseTo(ceiling);
  });

  it('stay within the drawing', () => {
    const scale = linearScale(10, 100);
    expect([scale(-1), scale(5), scale(99)]).toEqual([0, 50, 100]);
    expect(linearScale(0, 100)(3)).toBe(0);
  });

  it('spread points from edge to edge', () => {
    expect(pointPositions(3, 100)).toEqual([0, 50, 100]);
    expect(pointPositions(1, 100)).toEqual([50]);
    expect(pointPositions(0, 100)).toEqual([]);
  });

  it('find the point below the pointer', () => {
    expect([nearestPoint(0, 5, 100), nearestPoint(60, 5, 100), nearestPoint(900, 5, 100)]).toEqual([0, 2, 4]);
    expect(nearestPoint(10, 0, 0)).toBe(0);
  });

  it('draw lines and areas', () => {
    expect(
      linePath([
        [0, 1.26],
        [10, 2],
      ]),
    ).toBe('M0 1.3L10 2');
    expect(
      areaPath(
        [
          [0, 1],
          [10, 2],
        ],
        20,
      ),
    ).toBe('M0 1L10 2L10 20L0 20Z');
    expect(areaPath([], 20)).toBe('');
  });
});
