// @ts-check
import { makeGround } from './ground.mjs';

const data = JSON.parse(document.getElementById('workbench-data')?.textContent ?? '{}');
const container = document.getElementById('map');
if (container) Object.assign(window, { yizhanMap: makeGround(container, data) });
