import { Test, type TestingModule } from '@nestjs/testing';
import { KyuSchedules } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule, VirtualClock } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Almanac, Stations, Weather, WeatherModule } from './weather.module.js';

describe('the weather service', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let schedules: KyuSchedules;
  let almanac: Almanac;
  const stations = new Stations();

  beforeEach(async () => {
    // Saturday noon; in the night to come Berlin has no 02:30.
    const clock = new VirtualClock('2026-03-28T11:00:00Z');
    app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ clock, scheduleProvider: stations }), WeatherModule],
    })
      .overrideProvider(Stations)
      .useValue(stations)
      .compile();
    kyu = app.get(KyuTestbed);
    schedules = app.get(KyuSchedules);
    almanac = app.get(Almanac);
  });

  afterEach(() => app.close());

  it('writes its report every night, the short one included', async () => {
    await kyu.advance('3d');
    expect(almanac.reports).toEqual([
      '2026-03-29T01:00:00.000Z', // 03:00 in summer time, the first instant after the gap
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
  });

  it('asks each station at its own pace, and not a second before its time', async () => {
    await kyu.advance('59m');
    expect(almanac.measured.filter((id) => id === 'zugspitze')).toHaveLength(3);
    expect(almanac.measured.filter((id) => id === 'hudson')).toEqual([]);
    await kyu.advance('61m');
    expect(almanac.measured.filter((id) => id === 'hudson').length).toBeGreaterThan(0);
  });

  it('follows the table of stations', async () => {
    await kyu.drain();
    const removed = stations.all.pop();
    await schedules.sync();
    expect((await schedules.list()).map(({ name }) => name)).toEqual(['measure-zugspitze', 'nightly-report']);
    if (removed !== undefined) stations.all.push(removed);
  });

  it('warns of a storm until it has passed', async () => {
    await app.get(Weather).watch('gale');
    await kyu.advance('16m');
    expect(almanac.warnings).toEqual(['gale', 'gale', 'gale']);
    await app.get(Weather).allClear('gale');
    await kyu.advance('1h');
    expect(almanac.warnings).toHaveLength(3);
  });

  it('shows what comes next, rests, and runs at once when somebody asks for it', async () => {
    await kyu.drain();
    expect(await schedules.next('nightly-report', 2)).toEqual([
      new Date('2026-03-29T01:00:00Z'),
      new Date('2026-03-30T00:30:00Z'),
    ]);
    await schedules.pause('nightly-report');
    await kyu.advance('2d');
    expect(almanac.reports).toEqual([]);
    await schedules.runNow('nightly-report');
    await kyu.drain();
    expect(almanac.reports).toEqual(['by hand']);
  });
});
