import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask, type Answer } from '../model/api.js';
import { figure, seconds } from '../model/format.js';
import { client, guarded, now, progress, run } from '../model/player.js';
import { Switch } from './switch.js';

type Row = Answer<'messages'>['messages'][number];
type Story = Answer<'message'>;

const most = 120;
const span = signal(10);
const only = signal(false);
const chosen = signal<Story | null>(null);

const [left, top, rowHeight] = [64, 36, 22];

/** The messages around the present time, between server and clients, from above to below as they were sent. */
export function Messages() {
  const [found, setFound] = useState<Answer<'messages'> | null>(null);
  const [time, width, count] = [now.value, span.value, progress.value[0]?.messages];
  const who = only.value ? client.value : undefined;
  useEffect(() => {
    let isStale = false;
    const query = { from: Math.max(0, time - width / 2), to: time + width / 2, limit: most, client: who };
    void guarded(async () => {
      const answer = await ask('messages', query);
      if (!isStale) setFound(answer);
    });
    return () => (isStale = true);
  }, [time, width, count, who]);

  return (
    <section class="messages" aria-label="Messages">
      <div class="row">
        <label>
          Window{' '}
          <select
            value={String(width)}
            onChange={(event) => (span.value = Number(event.currentTarget.value))}
          >
            {[1, 10, 60, 600, 6000].map((each) => (
              <option value={each} key={each}>
                {each} s around now
              </option>
            ))}
          </select>
        </label>
        <Switch of={only} words={`${client.value} only`} />
        {found && found.total > found.messages.length && (
          <span class="quiet">
            the first {found.messages.length} of {found.total}
          </span>
        )}
      </div>
      {found && <Sequence rows={found.messages} />}
      <StoryView />
    </section>
  );
}

function Sequence({ rows }: { readonly rows: readonly Row[] }) {
  const clients = (run.value?.clients ?? []).filter((id) =>
    rows.some(({ from, to }) => from === id || to === id),
  );
  const lanes = ['server', ...clients];
  const gap = Math.max(70, Math.min(150, 900 / lanes.length));
  const x = (actor: string) => left + 40 + gap * Math.max(0, lanes.indexOf(actor));
  const width = left + 80 + gap * (lanes.length - 1);
  const height = top + rowHeight * (rows.length + 1);
  if (rows.length === 0) return <p class="quiet">No message was on its way in this window.</p>;
  return (
    <div class="sequence" tabIndex={0} role="group" aria-label="Sequence diagram">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {lanes.map((actor) => (
          <g key={actor}>
            <text class="lane" x={x(actor)} y={18} text-anchor="middle">
              {actor}
            </text>
            <line class="life" x1={x(actor)} x2={x(actor)} y1={26} y2={height} />
          </g>
        ))}
        {rows.map((row, index) => (
          <Arrow
            key={row.id}
            row={row}
            y={top + rowHeight * (index + 0.5)}
            from={x(row.from)}
            to={x(row.to)}
          />
        ))}
      </svg>
    </div>
  );
}

function Arrow({
  row,
  y,
  from,
  to,
}: {
  readonly row: Row;
  readonly y: number;
  readonly from: number;
  readonly to: number;
}) {
  const way = Math.sign(to - from);
  const isLost = row.outcome === 'dropped';
  const end = isLost ? from + (to - from) * 0.72 : to;
  const name = `${row.kind}${row.attempts > 1 ? ` ×${row.attempts}` : ''}${row.copyOf === null ? '' : ' (copy)'}`;
  const sent = seconds(row.sentVirtualSeconds);
  const words = [
    `${sent} ${name}, round ${row.round}, from ${row.from} to ${row.to}`,
    isLost ? `lost: ${row.reason}` : row.outcome,
    ...(row.attempts > 1 ? [`${row.attempts} attempts`] : []),
    ...(row.copyOf === null ? [] : [`a second copy of message ${row.copyOf}`]),
  ].join('; ');
  const open = () => void guarded(async () => void (chosen.value = await ask('message', { id: row.id })));
  return (
    <g
      class={`message ${row.outcome} ${row.copyOf === null ? '' : 'copy'} ${chosen.value?.id === row.id ? 'chosen' : ''}`}
      data-message={row.id}
      role="button"
      tabindex={0}
      aria-label={words}
      onClick={open}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        open();
      }}
    >
      <title>{words}</title>
      <rect
        class="target"
        x={Math.min(from, to)}
        y={y - rowHeight / 2}
        width={Math.abs(to - from)}
        height={rowHeight}
      />
      <text class="time" x={left - 6} y={y + 4} text-anchor="end">
        {sent}
      </text>{' '}
      <line class="way" x1={from} x2={end} y1={y} y2={y} />
      {isLost ? (
        <path class="cross" d={`M${end - 5} ${y - 5}l10 10m0 -10l-10 10`} />
      ) : (
        <path class="tip" d={`M${end} ${y}l${-8 * way} -4v8z`} />
      )}
      <text class="kind" x={(from + to) / 2} y={y - 3} text-anchor="middle">
        {name}
      </text>
    </g>
  );
}

/** All that is known of the message that was clicked. */
function StoryView() {
  const row = chosen.value;
  if (!row) return <p class="quiet">Choose a message for its story.</p>;
  const facts: readonly (readonly [string, string])[] = [
    ['from, to', `${row.from} → ${row.to}`],
    ['stage, step, round', `${row.stage}, ${row.step}, ${row.round}`],
    ['outcome', row.outcome + (row.reason === null ? '' : `: ${row.reason}`)],
    ['sent, ended', `${seconds(row.sentVirtualSeconds)}, ${seconds(row.endedVirtualSeconds)}`],
    ['delay, on the air', `${seconds(row.delaySeconds)}, ${seconds(row.onAirSeconds)}`],
    ['attempts', String(row.attempts)],
    ['bits, on the air', `${row.bits}, ${row.airBits}`],
    [
      'energy',
      `${figure(row.energyJoules)} J (transmit ${figure(row.transmitJoules)}, receive ${figure(row.receiveJoules)}, idle ${figure(row.idleJoules)})`,
    ],
    ...(row.faults.length > 0
      ? [['by script', row.faults.map(({ pointer, effect }) => `${pointer} (${effect})`).join(', ')] as const]
      : []),
    ...(row.blackouts.length > 0
      ? [['blackout', `${seconds(row.blackoutSeconds)} by ${row.blackouts.join(', ')}`] as const]
      : []),
    ...(row.aggregatedIn === null ? [] : [['averaged', `in round ${row.aggregatedIn}`] as const]),
    ...(row.leftOut === null
      ? []
      : [['not averaged', row.why ?? leftOutWords[row.leftOut] ?? row.leftOut] as const]),
  ];
  return (
    <section class="story" aria-label="Story of the message" aria-live="polite">
      <h3>
        Message {row.id}: {row.kind}
      </h3>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {row.story ? (
        <div class="wide" tabIndex={0} role="group" aria-label="Attempts">
          <table>
            <thead>
              <tr>
                <th>attempt</th>
                <th>at</th>
                <th>took</th>
                <th>packets lost</th>
                <th>mean rate</th>
                <th>gain</th>
                <th>energy</th>
                <th>why lost</th>
              </tr>
            </thead>
            <tbody>
              {row.story.map((attempt, index) => (
                <tr key={index}>
                  <td>{index + 1}</td>
                  <td>{seconds(attempt.atSeconds)}</td>
                  <td>{seconds(attempt.seconds)}</td>
                  <td>
                    {attempt.lostPackets} of {attempt.packets}
                  </td>
                  <td>
                    {attempt.onAirSeconds > 0
                      ? `${figure(attempt.airBits / attempt.onAirSeconds / 1e6)} Mbit/s`
                      : '–'}
                  </td>
                  <td>{gainsOf(attempt)}</td>
                  <td>{figure(attempt.energyJoules)} J</td>
                  <td>{attempt.lost ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="quiet">
          Run with channel.story "attempts" or "blocks" for each attempt, its gain and rate.
        </p>
      )}
    </section>
  );
}

function gainsOf({ samples }: NonNullable<Story['story']>[number]): string {
  if (!samples || samples.length === 0) return '–';
  const gains = samples.map(({ gain }) => gain);
  return `${figure(Math.min(...gains))} to ${figure(Math.max(...gains))}`;
}

/** Of a rejected update the row has words of its own. */
const leftOutWords: Readonly<Partial<Record<NonNullable<Row['leftOut']>, string>>> = {
  late: 'it came after its round was closed',
  superseded: 'a newer one of its client took its place',
  refused: 'the discipline did not admit it',
  'given-up': 'its link gave it up',
  duplicate: 'it was a second copy',
  'below-quorum': 'too few of its kind had come',
  'stage-over': 'its stage was over first',
  'run-ended': 'the run was over first',
};
