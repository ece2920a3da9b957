import { meanLink, type Radio } from './mean-link.js';

/** Ways whose means follow from the scenario; "proportional-fair" with all clients sending all the time. */
const sharings = [
  'orthogonal',
  'split-power-kept',
  'split-density-kept',
  'tdma',
  'proportional-fair',
] as const;

export type Sharing = (typeof sharings)[number];

/** What an upload costs where the clients share the uplink's band in this way. */
export interface SharedUpload {
  readonly sharing: Sharing;
  readonly seconds: number;
  readonly joules: number;
}

/**
 * One client's upload of `bits` under every way of sharing the uplink, all else as the scenario has it: section
 * V-A gives a bandwidth, but not whether each client has it or all of them share it. Empty where the mean rate
 * does not follow from the scenario.
 */
export function uploadBySharing(bits: number, scenario: Radio): readonly SharedUpload[] {
  const { channel } = scenario;
  return sharings.flatMap((sharing) => {
    const uplink = { ...channel.uplink, sharing };
    const { meanRateBps, meanPowerWatts } = meanLink(
      { ...scenario, channel: { ...channel, uplink } },
      'uplink',
    );
    if (meanRateBps === null || meanPowerWatts === null) return [];
    const seconds = bits / meanRateBps;
    return [{ sharing, seconds, joules: seconds * meanPowerWatts }];
  });
}
