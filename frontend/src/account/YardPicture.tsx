import type { JobState } from "@/api/types";
import { STATE_META } from "@/jobs/stateMeta";

interface Track {
  state: JobState;
  /** Height of the track, where its first wagon stands, and how many there are. */
  y: number;
  x: number;
  wagons: number;
  path: string;
}

const TRACKS: readonly Track[] = [
  { state: "scheduled", y: 150, x: 400, wagons: 3, path: "M90 360C180 360 234 150 324 150H780" },
  { state: "pending", y: 220, x: 372, wagons: 5, path: "M117 360C207 360 236 220 326 220H780" },
  { state: "running", y: 290, x: 430, wagons: 0, path: "M143 360C233 360 238 290 328 290H780" },
  { state: "retrying", y: 360, x: 400, wagons: 1, path: "M170 360H780" },
  { state: "completed", y: 430, x: 390, wagons: 5, path: "M143 360C233 360 238 430 328 430H780" },
  { state: "failed", y: 500, x: 430, wagons: 1, path: "M117 360C207 360 236 500 326 500H780" },
  { state: "cancelled", y: 570, x: 430, wagons: 0, path: "M90 360C180 360 234 570 324 570H780" },
];

/** One track fans out into seven, one for each state of a job; one wagon is yours. */
export function YardPicture() {
  return (
    <svg viewBox="0 60 760 600" width="100%" aria-hidden="true" className="block">
      <g fill="none" stroke="var(--line-2)" strokeWidth="3" strokeLinecap="round">
        <path d="M-20 360H170" />
        {TRACKS.map((track) => (
          <path key={track.state} d={track.path} />
        ))}
      </g>
      {TRACKS.map((track) => (
        <g key={track.state} data-tone={track.state}>
          {Array.from({ length: track.wagons }, (_, index) => track.x + index * 52).map((x) => (
            <rect
              key={x}
              x={x}
              y={track.y - 13}
              width="44"
              height="26"
              rx="6"
              className="fill-tone-bg stroke-tone"
              strokeWidth="1.5"
            />
          ))}
          <text x="668" y={track.y - 14} className="fill-fg-3 text-12 font-medium">
            {STATE_META[track.state].word}
          </text>
        </g>
      ))}
      <rect x="430" y="277" width="44" height="26" rx="6" fill="var(--hv)" stroke="var(--hv-edge)" />
      <text x="452" y="294" textAnchor="middle" className="fill-hv-ink text-12 font-[600]">
        you
      </text>
    </svg>
  );
}
