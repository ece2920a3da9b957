import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.js';
import { loadScenario } from '../../../src/scenario/load.js';

const load = (...set: string[]) => loadScenario(join(packageRoot(), 'scenarios/tiny.json'), { set });
const packets = 'channel.packetBits=4000';
const partial = 'server.partial={}';

describe('server.partial', () => {
  it('is off by default, and has defaults of its own where it is on', async () => {
    assert.equal((await load()).scenario.server.partial, null);
    const { scenario } = await load(partial, packets);
    assert.deepEqual(scenario.server.partial, { order: 'relative-change', leastShare: 0 });
  });

  it('is refused without packets, in one line that says what to set', async () => {
    await assert.rejects(
      load(partial),
      /\/server\/partial: .*null where \/channel\/packetBits is null.*set \/channel\/packetBits/,
    );
  });

  it('is refused where updates add up over the air', async () => {
    await assert.rejects(
      load(partial, 'channel.uplink.sharing={"name":"over-the-air"}', 'channel.retransmission=none'),
      /\/server\/partial: .*"over-the-air".*a sum/,
    );
  });

  for (const aggregation of ['krum', 'safa', 'ca2fl', 'coordinate-median', 'inverse-probability']) {
    it(`is refused with ${aggregation}, and names the rules that it goes with`, async () => {
      await assert.rejects(
        load(partial, packets, `server.aggregation=${aggregation}`),
        new RegExp(`/server/aggregation: .*"${aggregation}" needs whole updates; use "fedavg", "uniform"`),
      );
    });
  }

  for (const method of ['scaffold', 'feddyn', 'hetlora', 'flexlora', 'flora', 'fedex-lora']) {
    it(`is refused with ${method}, and names the methods that it goes with`, async () => {
      await assert.rejects(
        load(partial, packets, `method=${method}`),
        new RegExp(`/method: .*"${method}" needs whole updates; use .*"fedlora"`),
      );
    });
  }

  for (const codec of ['top-k', 'random-k', 'power-sgd', 'flasc']) {
    it(`is refused with ${codec}, whose bytes are of a part as a whole`, async () => {
      await assert.rejects(
        load(partial, packets, `channel.uplink.compressionByPart.lora=${codec}`),
        /\/channel\/uplink\/compressionByPart\/lora: .*each tensor by itself.*"quantized"/,
      );
      await load(partial, packets, `channel.downlink.compression=${codec}`);
    });
  }

  it('is refused with entropy coding, whose bytes do not say where a tensor begins', async () => {
    await assert.rejects(
      load(partial, packets, 'channel.compression={"name":"sign","entropy":"deflate"}'),
      /\/channel\/compression: .*entropy "none".*where a tensor begins/,
    );
  });
});
