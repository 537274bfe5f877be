import { Html } from './html.js';

/** Light and dark, as the reader's screen prefers. */
export const REPORT_STYLE = new Html(`
:root {
  color-scheme: light dark;
  --page: #f6f5f1; --card: #ffffff; --ink: #22252a; --soft: #686d75; --line: #e4e2dc; --bad: #b3382c;
  --colour-0: #2f6db5; --colour-1: #2a9d84; --colour-2: #e0a030; --colour-3: #8a5fb0; --colour-4: #d0643c; --colour-5: #7d8794;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #17191c; --card: #202327; --ink: #e9e7e2; --soft: #9aa0a8; --line: #353a40; --bad: #f0887c;
    --colour-0: #6aa5ea; --colour-1: #4cc3a8; --colour-2: #eab754; --colour-3: #b592d8; --colour-4: #ea8d69; --colour-5: #a3abb5;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 40px 20px 60px; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.02em; }
h2 { margin: 0 0 12px; font-size: 16px; }
header p { margin: 6px 0 24px; color: var(--soft); }
section { margin-top: 16px; padding: 20px 24px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
svg { display: block; width: 100%; height: auto; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px; margin: 0; padding: 0; list-style: none; }
.tiles li { padding: 16px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tiles span { display: block; color: var(--soft); font-size: 13px; }
.tiles strong { font-size: 28px; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.tiles small { color: var(--soft); font-size: 14px; }
.tiles .bad strong, td.bad { color: var(--bad); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 8px; color: var(--soft); font-size: 13px; }
.swatch { display: inline-block; width: 10px; height: 10px; margin-inline-end: 7px; }
.grid { stroke: var(--line); }
.axis { stroke: var(--soft); }
.tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
rect { stroke: var(--card); stroke-width: 0.75; }
.colour-0 { fill: var(--colour-0); } .colour-1 { fill: var(--colour-1); } .colour-2 { fill: var(--colour-2); }
.colour-3 { fill: var(--colour-3); } .colour-4 { fill: var(--colour-4); } .colour-5 { fill: var(--colour-5); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 12px; border-top: 1px solid var(--line); text-align: right; vertical-align: top; white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-size: 13px; font-weight: 500; }
th:first-child { padding-inline-start: 0; text-align: left; font-weight: 600; }
.text { text-align: start; }
td.clipped { max-width: 220px; overflow: hidden; text-overflow: ellipsis; }
td.error { min-width: 260px; color: var(--soft); font-size: 13px; white-space: normal; overflow-wrap: anywhere; }
.none { margin: 0; color: var(--soft); }
`);
